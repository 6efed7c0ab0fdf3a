package import JSONText
import Runtimes

/// Which platform gVisor works on here, and what each one that was tried showed.
package struct GVisorPlatform: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable {
        /// A container was started, ran its command and told its exit code.
        case works
        /// The launcher has no platform of that name.
        case unknown
        /// The launcher said that it does not work, or ended otherwise than the container's command does.
        case failed
        /// There was no end within the time limit.
        case hung
    }

    /// What one start showed.
    package struct Evidence: Sendable, Hashable {
        /// As `--platform` takes it.
        package let platform: String
        package let outcome: Outcome
        /// The first line that the launcher wrote, else how it ended; empty when it works.
        package let message: String

        package init(platform: String, outcome: Outcome, message: String) {
            self.platform = platform
            self.outcome = outcome
            self.message = message
        }

        package init(_ json: JSONValue) throws(JSONShapeError) {
            platform = try json.string("platform")
            guard let outcome = Outcome(rawValue: try json.string("outcome")) else {
                throw JSONShapeError(path: "outcome", message: "expected works, unknown, failed or hung")
            }
            self.outcome = outcome
            message = try json.string("message")
        }

        package var json: JSONValue {
            [
                "platform": .string(platform),
                "outcome": .string(outcome.rawValue),
                "message": .string(message),
            ]
        }
    }

    /// In the order in which they were tried; the last one alone can work.
    package let evidence: [Evidence]

    package init(evidence: [Evidence]) { self.evidence = evidence }

    /// The platform to use; nil when none works.
    package var platform: String? { evidence.first { $0.outcome == .works }?.platform }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        var evidence: [Evidence] = []
        for entry in try json.array("evidence") { evidence.append(try Evidence(entry)) }
        self.evidence = evidence
        guard json["platform"]?.stringValue == platform else {
            throw JSONShapeError(path: "platform", message: "is not the one that the evidence shows")
        }
    }

    /// Without `platform` when none works.
    package var json: JSONValue {
        .members(["platform": platform.map(JSONValue.string), "evidence": .array(evidence.map(\.json))])
    }
}

extension GVisorPlatform {
    /// What to say where none works.
    func problem(of launcher: String) -> LauncherProblem {
        let tried = evidence.map { entry in
            let what = entry.message.isEmpty ? entry.outcome.rawValue : "\(entry.outcome.rawValue) (\(entry.message))"
            return "\(entry.platform) \(what)"
        }
        return LauncherProblem(
            "launcher \(launcher): gVisor runs on no platform here: \(tried.joined(separator: ", "))",
            hint: "another runtime may work: see sbxpipe doctor"
        )
    }
}
