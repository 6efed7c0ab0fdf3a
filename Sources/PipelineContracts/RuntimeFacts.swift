/// The runtime chosen for a plan or a launch, with what is known of its launcher.
package enum RuntimeFacts: Sendable, Hashable {
    case bubblewrap(LauncherFacts)
    /// No launcher: the command is started as it is.
    case direct

    /// As the spec and `plan.json` call it.
    package var name: String {
        switch self {
        case .bubblewrap(let launcher): launcher.name
        case .direct: "direct"
        }
    }
}
