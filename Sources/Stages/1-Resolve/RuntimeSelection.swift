package import SandboxSpec

/// Which runtime a spec asks for, and which one is tried for it.
package struct RuntimeSelection: Sendable, Hashable {
    /// As it was said, by the spec or by `SBXPIPE_RUNTIME`: `auto` or a name.
    package let asked: String
    /// The one to use; nil for a word that names none.
    package let chosen: Spec.RuntimeChoice?
    /// Why that one, in words.
    package let reason: String
    /// Those that follow in auto's order.
    private let others: [Spec.RuntimeChoice]

    #if os(macOS)
    private static let automatic: [Spec.RuntimeChoice] = [.direct]
    #else
    private static let automatic: [Spec.RuntimeChoice] = [.bwrap, .runc, .crun, .runsc]
    #endif

    /// `SBXPIPE_RUNTIME` stands in for `auto` only.
    package init(_ effective: EffectiveSpec, environment: [String: String]) {
        let said = effective.runtime.value
        if said == .auto, let other = environment["SBXPIPE_RUNTIME"], !other.isEmpty {
            asked = other
        } else {
            asked = said.rawValue
        }
        let choice = Spec.RuntimeChoice(rawValue: asked)
        let isAutomatic = choice == .auto
        chosen = isAutomatic ? Self.automatic.first : choice
        reason = isAutomatic ? "the first of auto's order" : "asked for"
        others = isAutomatic ? Array(Self.automatic.dropFirst()) : []
    }

    private init(_ selection: RuntimeSelection, _ chosen: Spec.RuntimeChoice, _ reason: String) {
        asked = selection.asked
        self.chosen = chosen
        self.reason = reason
        others = Array(selection.others.dropFirst())
    }

    /// The next of auto's order, as the one before can't serve; nil when there is none.
    package func next(as problem: String) -> RuntimeSelection? {
        others.first.map { RuntimeSelection(self, $0, "the first of auto's order that serves: \(problem)") }
    }
}
