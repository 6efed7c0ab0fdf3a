package import HostFiles

/// Where launchers are looked for.
package enum LauncherSource: Sendable {
    /// By their variables, then on PATH.
    case environment([String: String])
    /// By a function from a launcher's name to its absolute path; nil is for none.
    case lookup(@Sendable (String) throws -> String?)

    /// Finds a launcher, and refuses one that others may change.
    ///
    /// - Throws: ``LauncherProblem``, and what the function throws.
    package func find(_ name: String, identity: HostIdentity) throws -> FoundLauncher {
        switch self {
        case .environment(let variables):
            return try LauncherSearch.find(name, environment: variables, identity: identity)
        case .lookup(let path):
            guard let found = try path(name) else {
                throw LauncherProblem("the look-up of launchers knows no \(name)", kind: .missing)
            }
            return try LauncherSearch.open(found, of: name, by: "the look-up of \(name)", identity: identity)
        }
    }
}
