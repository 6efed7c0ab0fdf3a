package import SandboxSpec

/// Which runtime a spec asks for, and which one that comes to.
package struct RuntimeSelection: Sendable, Hashable {
    /// As it was said, by the spec or by `SBXPIPE_RUNTIME`: `auto` or a name.
    package let asked: String
    /// The one to use; nil for a word that names none.
    package let chosen: Spec.RuntimeChoice?

    /// The first of auto's order that this version has for this system.
    #if os(macOS)
    private static let automatic = Spec.RuntimeChoice.direct
    #else
    private static let automatic = Spec.RuntimeChoice.bwrap
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
        chosen = choice == .auto ? Self.automatic : choice
    }
}
