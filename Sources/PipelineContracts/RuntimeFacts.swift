/// A runtime of the Open Container Initiative, and what goes with it.
package struct ContainerFacts: Sendable, Hashable {
    package let launcher: LauncherFacts
    /// The program that is to be PID 1; nil for none.
    package let reaper: LauncherFacts?
    /// gVisor's platform that a start showed to work; nil for the others.
    package let platform: String?
    /// What writes an ordinary user's id maps; nil where nothing has to.
    package let mappers: IDMappers?

    package init(launcher: LauncherFacts, reaper: LauncherFacts?, platform: String?, mappers: IDMappers? = nil) {
        self.launcher = launcher
        self.reaper = reaper
        self.platform = platform
        self.mappers = mappers
    }
}

/// The runtime chosen for a plan or a launch, with what is known of its launcher.
package enum RuntimeFacts: Sendable, Hashable {
    /// With the program that is to be PID 1 in place of bubblewrap's own, and what writes an ordinary user's id maps; nil
    /// for none.
    case bubblewrap(LauncherFacts, reaper: LauncherFacts? = nil, mappers: IDMappers? = nil)
    case container(ContainerFacts)
    /// No launcher: the command is started as it is.
    case direct

    /// As the spec and `plan.json` call it.
    package var name: String {
        switch self {
        case .bubblewrap(let launcher, _, _): launcher.name
        case .container(let container): container.launcher.name
        case .direct: "direct"
        }
    }

    /// gVisor's platform; nil where the host's own kernel runs the command.
    package var platform: String? {
        if case .container(let container) = self { container.platform } else { nil }
    }

    /// What writes an ordinary user's id maps; nil where nothing has to.
    package var mappers: IDMappers? {
        switch self {
        case .bubblewrap(_, _, let mappers): mappers
        case .container(let container): container.mappers
        case .direct: nil
        }
    }

    /// The launcher; nil where there is none.
    package var launcher: LauncherFacts? {
        switch self {
        case .bubblewrap(let launcher, _, _): launcher
        case .container(let container): container.launcher
        case .direct: nil
        }
    }
}
