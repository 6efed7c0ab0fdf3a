package import ArtifactStore
package import HostFiles
package import PipelineContracts
package import Runtimes

/// Finds the programs of the host that a plan or a launch needs, and asks them what they are.
package struct HelperSearch {
    private let launchers: LauncherSource
    private let identity: HostIdentity
    private let inspection: LauncherInspection
    private let store: Store
    private let kernel: String

    package init(launchers: LauncherSource, identity: HostIdentity, store: Store, kernel: String) {
        self.launchers = launchers
        self.identity = identity
        self.store = store
        self.kernel = kernel
        inspection = LauncherInspection(store: store, kernel: kernel, user: identity.user)
    }

    /// A launcher by its name.
    ///
    /// - Throws: ``LauncherProblem`` where there is none, or it does not answer; ``StoreError``.
    package func launcher(_ name: String) throws -> LauncherFacts {
        try inspection.facts(of: try launchers.find(name, identity: identity), name: name)
    }

    /// A runtime of the Open Container Initiative, with the program that is to be PID 1 and gVisor's platform.
    ///
    /// - Throws: ``LauncherProblem`` where there is no such runtime, or no gVisor runs here; ``StoreError``.
    package func container(_ name: String, wantsReaper: Bool, wantsMappers: Bool) throws -> ContainerFacts {
        let found = try launchers.find(name, identity: identity)
        let facts = try inspection.facts(of: found, name: name)
        var platform: String?
        if name == "runsc" {
            let probe = GVisorProbe(store: store, kernel: kernel, user: identity.user, isRoot: identity.isRoot)
            let answer = try probe.platform(of: found, facts: facts)
            guard let works = answer.platform else { throw answer.problem(of: found.path) }
            platform = works
        }
        return ContainerFacts(
            launcher: facts,
            reaper: wantsReaper ? try reaper() : nil,
            platform: platform,
            mappers: wantsMappers ? try mappers() : nil
        )
    }

    /// What writes an ordinary user's id maps.
    ///
    /// - Throws: ``LauncherProblem`` where one of the two is missing, or others may change it; ``StoreError``.
    package func mappers() throws -> IDMappers {
        IDMappers(users: try launcher("newuidmap"), groups: try launcher("newgidmap"))
    }

    /// The first that there is of the programs that can be PID 1 in any root, as they need no library; nil for none.
    ///
    /// - Throws: ``LauncherProblem`` for one that does not answer; ``StoreError``.
    package func reaper() throws -> LauncherFacts? {
        for name in ["tini-static", "catatonit"] {
            do {
                return try launcher(name)
            } catch let problem as LauncherProblem where problem.isMissing {
                continue
            }
        }
        return nil
    }
}
