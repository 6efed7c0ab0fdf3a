package import JSONText

/// What the probes of forbidden things showed on a runtime under a preset.
package struct DoctorProof: Sendable, Hashable {
    /// What came of one probe.
    package enum Outcome: Sendable, Hashable {
        case denied
        /// It worked, though one of its controls is enforced.
        case succeeded
        /// It worked, but only on the sandbox's own kernel, which is not the host's.
        case contained
        /// It could not be tried, for a reason.
        case skipped(String)
        /// Nothing came of it before the sandbox ended.
        case unanswered

        /// The word for it.
        package var word: String {
            switch self {
            case .denied: "denied"
            case .succeeded: "succeeded"
            case .contained: "contained"
            case .skipped: "skipped"
            case .unanswered: "unanswered"
            }
        }
    }

    /// One probe whose controls were asked for.
    package struct Probe: Sendable, Hashable {
        package let id: String
        /// Those of its controls that forbid it here.
        package let controls: [String]
        package let outcome: Outcome

        package init(id: String, controls: [String], outcome: Outcome) {
            self.id = id
            self.controls = controls
            self.outcome = outcome
        }

        package var json: JSONValue {
            var reason: JSONValue?
            if case .skipped(let text) = outcome { reason = .string(text) }
            return .members([
                "id": .string(id),
                "controls": .strings(controls),
                "outcome": .string(outcome.word),
                "reason": reason,
            ])
        }
    }

    package let runtime: String
    package let preset: String
    /// Why it could not be done; nil when it was.
    package let refusal: String?
    package let probes: [Probe]

    package init(runtime: String, preset: String, refusal: String? = nil, probes: [Probe] = []) {
        self.runtime = runtime
        self.preset = preset
        self.refusal = refusal
        self.probes = probes
    }

    /// Whether no probe succeeded that an enforced control forbids, and none is without an answer.
    package var holds: Bool { probes.allSatisfy { $0.outcome != .succeeded && $0.outcome != .unanswered } }

    package var json: JSONValue {
        .members([
            "runtime": .string(runtime),
            "preset": .string(preset),
            "refusal": refusal.map(JSONValue.string),
            "probes": .array(probes.map(\.json)),
        ])
    }
}
