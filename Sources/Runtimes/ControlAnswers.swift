import JSONText
package import PipelineContracts
package import SandboxSpec

/// What a runtime answers for the controls that a spec asks for, collected one by one.
///
/// A control is asked for when the spec or a flag sets it, or the preset turns it on.
package struct ControlAnswers: Sendable {
    private let runtime: String
    private let required: [Control]
    /// Those that the command keeps; nil for the caller's.
    private let capabilities: [Capability]?
    private var entries: [Enforcement.Entry] = []
    /// What is missing, in the order of the answers; the caller has to allow each by name.
    package private(set) var refusals: [Refusal] = []

    /// `waived` is what no runtime enforces and the caller allows.
    init(of runtime: String, _ effective: EffectiveSpec, waived: [Refusal]) {
        self.runtime = runtime
        required = effective.spec.require
        if case .exactly(let list) = effective.capabilities.value { capabilities = list } else { capabilities = nil }
        for refusal in waived { add(refusal.control, true, .missing, refusal.message) }
    }

    package var enforcement: Enforcement { Enforcement(controls: entries) }

    /// Adds an answer; `detail` says by what it is enforced, or why it need not be.
    mutating func add(_ control: Control, _ asked: JSONValue, _ answer: Enforcement.Answer, _ detail: String) {
        let isHeld = answer == .enforced || answer == .stronger
        entries.append(
            Enforcement.Entry(
                name: control.rawValue,
                asked: asked,
                answer: answer,
                detail: detail,
                probes: isHeld ? ForbiddenProbe.ids(of: control, asked: asked, capabilities: capabilities) : []
            )
        )
    }

    mutating func enforce(_ control: Control, _ asked: JSONValue, _ detail: String) {
        add(control, asked, .enforced, detail)
    }

    /// Adds what can't be had, and refuses it.
    ///
    /// `field` is what asks for it where that is not the control's own name; what nothing can be run without is not
    /// `waivable`.
    mutating func miss(
        _ control: Control,
        _ asked: JSONValue,
        _ reason: String,
        field: String? = nil,
        hint: String?,
        waivable: Bool = true
    ) {
        add(control, asked, .missing, reason)
        let subject = field == nil ? "not" : "\(control.rawValue) is not"
        refusals.append(
            Refusal(
                field: field ?? control.rawValue,
                control: control,
                message: "\(subject) enforced by runtime \"\(runtime)\": \(reason)",
                hint: hint,
                waivable: waivable && !required.contains(control)
            )
        )
    }
}
