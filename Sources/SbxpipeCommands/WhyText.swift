import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import SandboxPipeline

/// What `why` prints for people: a row a stage, each change on a line of its own, long values as excerpts.
struct WhyText {
    private let explanation: Explanation

    init(_ explanation: Explanation) { self.explanation = explanation }

    var text: String {
        var lines: [String] = []
        for stage in explanation.stages {
            let name = "\(stage.stage.number) \(stage.stage.rawValue)".padded(15)
            let verdict = stage.isHit ? "hit" : stage.stage == .launch ? "runs" : "miss"
            let reasons = reasons(stage)
            lines.append(name + (reasons.isEmpty ? verdict : verdict.padded(6) + reasons[0]))
            lines += reasons.dropFirst().map { String(repeating: " ", count: 21) + $0 }
        }
        if let plan = explanation.comparedWith {
            if !explanation.isHit { lines.append("compared with".padded(15) + "\(explanation.name)  \(plan)") }
        } else if !explanation.isHit {
            lines.append("there is no plan \(Printable.escaped(explanation.name)) yet to compare with")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func reasons(_ stage: StageExplanation) -> [String] {
        var reasons = stage.changes.map(ChangeText.text)
        if !stage.follows.isEmpty { reasons.append("follows " + stage.follows.map(\.rawValue).joined(separator: ", ")) }
        // Without a plan to compare with the reason is the same for all, and stands below.
        if let reason = stage.reason, explanation.comparedWith != nil || stage.stage == .launch {
            reasons.append(reason)
        }
        return reasons
    }
}

/// A change on one line.
private enum ChangeText {
    /// Signs of a string that are shown, and of anything else.
    private static let stringLimit = 64
    private static let valueLimit = 120
    /// Signs before the first that differs.
    private static let context = 12

    static func text(_ change: KeyChange) -> String {
        Printable.escaped("\(change.component): ") + Printable.escaped(difference(change))
    }

    private static func difference(_ change: KeyChange) -> String {
        switch (change.old, change.new) {
        case (nil, let new?) where change.isElement: return "added \(value(new))"
        case (let old?, nil) where change.isElement: return "removed \(value(old))"
        case (.string(let old)?, .string(let new)?):
            let same = zip(old.unicodeScalars, new.unicodeScalars).prefix { $0 == $1 }.count
            return "\(string(old, from: same)) -> \(string(new, from: same))"
        case (let old, let new):
            // A field of the spec that is left out has a value all the same.
            let isField = change.component.hasPrefix("spec.") && !change.component.hasPrefix("spec.env.set.")
            let none = isField ? "(default)" : "(unset)"
            return "\(old.map(value) ?? none) -> \(new.map(value) ?? none)"
        }
    }

    private static func value(_ value: JSONValue) -> String {
        if let text = value.stringValue { return string(text, from: 0) }
        let text = String(decoding: shortened(value).canonical(), as: UTF8.self)
        return text.count <= valueLimit ? text : text.prefix(valueLimit - 1) + "…"
    }

    /// A string in quotes; of a long one the part around the sign at a place.
    private static func string(_ text: String, from place: Int) -> String {
        let whole = shortened(text)
        let scalars = Array(whole.unicodeScalars)
        guard scalars.count > stringLimit, whole == text else { return quoted(whole) }
        let start = min(max(0, place - context), scalars.count - stringLimit)
        let end = start + stringLimit
        let part = String(String.UnicodeScalarView(scalars[start..<end]))
        return (start > 0 ? "…" : "") + quoted(part) + (end < scalars.count ? "…" : "")
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).canonical(), as: UTF8.self)
    }

    /// Digests in short, in strings at any depth.
    private static func shortened(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(shortened(text))
        case .array(let items): .array(items.map(shortened))
        case .object(let members): .object(members.mapValues(shortened))
        default: value
        }
    }

    private static func shortened(_ text: String) -> String {
        guard Digest(text) != nil else { return text }
        return text.prefix(7 + 12) + "…"
    }
}
