package import ContentAddressing
package import JSONText

/// `result.json`, the launch record (`sbxpipe.launch/v1`): how a launch went.
package struct LaunchRecord: Sendable, Hashable {
    /// Why the run ended.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case exited, signaled, timeout, memory, failed
        case outputLimit = "output-limit"
    }

    /// Who failed, what happened, what to do.
    package struct Failure: Sendable, Hashable {
        package enum Domain: String, Sendable, Hashable, CaseIterable { case sbxpipe, launcher, limit, command }

        package let domain: Domain
        package let message: String
        package let hint: String?

        package init(domain: Domain, message: String, hint: String? = nil) {
            self.domain = domain
            self.message = message
            self.hint = hint
        }
    }

    /// Processes that outlived the command and could not be ended.
    package enum Survivors: Sendable, Hashable {
        case none
        case processes([Int32])
        case unknown
    }

    package var exitCode: Int32 = 125
    package var signal: Int32?
    package var signalLikely: Int32?
    package var survivors: Survivors = .none
    package var reason: Reason = .failed
    package var failure: Failure?
    package var runtime: Runtime?
    /// What the launcher was given, without environment and descriptors, or the command itself; empty when none was
    /// worked out.
    package var argv: [String] = []
    /// RFC 3339.
    package var started: String
    package var finished: String
    /// Seconds.
    package var wall: Double = 0
    package var user: Double = 0
    package var system: Double = 0
    /// Bytes.
    package var maxRSS: Int64 = 0
    package var plan: Digest?
    /// Slots of the binding and what filled them here.
    package var slots: [String: JSONValue] = [:]
    /// Slots that secrets filled, of which the record has the names alone.
    package var secretSlots: [String] = []
    package var enforcement: [Enforcement.Entry] = []

    package init(started: String, finished: String) {
        self.started = started
        self.finished = finished
    }

    private var slotEntries: [JSONValue] {
        let filled = slots.map { (name: $0.key, json: ["name": .string($0.key), "value": $0.value] as JSONValue) }
        let named = secretSlots.map { (name: $0, json: ["name": .string($0)] as JSONValue) }
        return (filled + named).sorted { $0.name < $1.name }.map(\.json)
    }

    package var json: JSONValue {
        let survivors: JSONValue =
            switch self.survivors {
            case .none: 0
            case .processes(let ids): .array(ids.map { .integer(Int64($0)) })
            case .unknown: "unknown"
            }
        return .members([
            "schema": "sbxpipe.launch/v1",
            "exitCode": .integer(Int64(exitCode)),
            "signal": signal.map { .integer(Int64($0)) },
            "signalLikely": signalLikely.map { .integer(Int64($0)) },
            "survivors": survivors,
            "reason": .string(reason.rawValue),
            "failure": failure.map { failure in
                .members([
                    "domain": .string(failure.domain.rawValue),
                    "message": .string(failure.message),
                    "hint": failure.hint.map(JSONValue.string),
                ])
            },
            "runtime": runtime?.json,
            "argv": .strings(argv),
            "started": .string(started),
            "finished": .string(finished),
            "wall": .number(wall),
            "user": .number(user),
            "system": .number(system),
            "maxRSS": .integer(maxRSS),
            "plan": plan.map { .string($0.description) },
            "slots": .array(slotEntries),
            "enforcement": .array(enforcement.map(\.json)),
        ])
    }
}
