package import JSONText

/// What the doctor found (`sbxpipe.doctor/v1`).
package struct DoctorReport: Sendable, Hashable {
    /// How one runtime fared.
    package struct Runtime: Sendable, Hashable {
        package let name: String
        /// Whether it ran a command and told its exit code; `direct`, which needs nothing, always does.
        package var works = false
        package var version: String?
        /// The launcher; absolute.
        package var path: String?
        /// gVisor's platform.
        package var platform: String?
        /// What looking at it and starting it took.
        package var seconds = 0.0
        /// Ids of the findings that it has to do with.
        package var findings: [String] = []

        package init(_ name: String) { self.name = name }

        package var json: JSONValue {
            .members([
                "name": .string(name),
                "works": .bool(works),
                "version": version.map(JSONValue.string),
                "path": path.map(JSONValue.string),
                "platform": platform.map(JSONValue.string),
                "seconds": .number(seconds),
                "findings": .strings(findings),
            ])
        }
    }

    /// In the order in which they were asked about.
    package var runtimes: [Runtime] = []
    /// Errors first, then warnings, then notes.
    package var findings: [DoctorFinding] = []
    /// What the probes of forbidden things showed; nil when none were asked for.
    package var proofs: [DoctorProof]?

    package init() {}

    /// Whether one of these runtimes works, and no probe succeeded that should not.
    package func isWell(counting names: [String]) -> Bool {
        runtimes.contains { $0.works && names.contains($0.name) } && proofs?.allSatisfy(\.holds) != false
    }

    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.doctor/v1",
            "runtimes": .array(runtimes.map(\.json)),
            "findings": .array(findings.map(\.json)),
            "proofs": proofs.map { .array($0.map(\.json)) },
        ])
    }
}
