package import ArtifactStore
package import HostFiles
import PipelineCore
package import Runtimes
import Secrets

/// Who asks, from where, and with which store: what every operation of the pipeline starts from.
package struct PipelineContext: Sendable {
    package let environment: [String: String]
    private let ownsEnvironment: Bool
    let launchers: LauncherSource
    package let identity: HostIdentity
    package let accounts: Accounts
    /// Home of the caller, real where it exists; `/` when there is none.
    package let home: String
    /// The working folder.
    package let workingFolder: String
    package private(set) var store: Store
    /// Folders that no command may see.
    package let covered: [String]
    /// On stores that were passed over.
    package private(set) var notes: [String]

    /// Opens the store that is named, or found from the working folder, or the caller's own.
    ///
    /// `environment` stands in for that of this process, and `launchers` for the usual search of it.
    ///
    /// - Throws: ``PipelineError``.
    package init(
        storeNamed name: String?,
        environment given: [String: String]? = nil,
        launchers: LauncherSource? = nil
    ) throws {
        let environment = given ?? HostSystem.environment()
        let identity = HostIdentity.current()
        accounts = Accounts.ofHost()
        do {
            let named = name ?? environment["SBXPIPE_STORE"].flatMap { $0.isEmpty ? nil : $0 }
            let location = try StoreLocation.find(named: named, environment: environment, identity: identity)
            let state = try MachineKey.folder(environment, identity)
            store = try Store(
                at: location,
                key: try MachineKey.load(from: state, user: identity.user),
                user: identity.user
            )
            notes = location.notes
            let own = try? StoreLocation.ownCache(environment, identity)
            covered = [location.cache, location.stages, state] + [own].compactMap(\.self)
            let home = MachineKey.home(environment, identity) ?? "/"
            self.home = try AbsolutePath.real(home) ?? home
            workingFolder = try AbsolutePath.current()
        } catch {
            throw PipelineError(error, source: "")
        }
        self.environment = environment
        ownsEnvironment = given == nil
        self.launchers = launchers ?? .environment(environment)
        self.identity = identity
    }

    /// Names of the environment that are several variables to the kernel and one name here, in each form.
    var ambiguousNames: [String] { ownsEnvironment ? HostSystem.ambiguousVariables() : [] }

    /// What reads the values of secrets, from the environment as it is to the byte where it is this process's own.
    var secretReader: SecretReader {
        ownsEnvironment
            ? SecretReader(variable: HostSystem.variableBytes)
            : SecretReader { [environment] name in environment[name].map { Array($0.utf8) } }
    }

    /// The host as a launch will find it; `specFile` is made read-only inside.
    func hostView(specFile: String?) -> HostView {
        HostView(
            identity: identity,
            accounts: accounts,
            environment: environment,
            home: home,
            covered: covered,
            specFile: specFile
        )
    }

    /// SOURCE_DATE_EPOCH in seconds: the time of every entry of an archive; 0 when it is unset.
    ///
    /// - Throws: ``PipelineError`` when it is no number.
    func sourceDate() throws -> Int64 {
        guard let text = environment["SOURCE_DATE_EPOCH"], !text.isEmpty else { return 0 }
        guard let seconds = Int64(text), seconds >= 0, seconds < 1 << 33 else {
            throw PipelineError("SOURCE_DATE_EPOCH is no number of seconds: \(text)")
        }
        return seconds
    }

    /// The same for an operation that writes: with a lease, and after cleaning up what killed ones left, which the notes
    /// tell.
    ///
    /// - Throws: ``PipelineError``.
    package func writing(durably: Bool = false) throws -> PipelineContext {
        guard store.lease == nil else { return self }
        var context = self
        do {
            var ended: [LeftoverProcesses] = []
            let (leased, swept) = try store.leased { use in
                guard let launch = RunningLaunch(use) else { return }
                let processes = LeftoverProcesses(endingAll: launch)
                // A run that is listed was not cut off; only its holder did not come to say so.
                let records = (try? Catalog(store).runNames()) ?? []
                if processes.endedAny || !records.contains(where: { $0.id == launch.id }) { ended.append(processes) }
            }
            context.store = leased
            context.store.isDurable = durably
            context.notes += LeftoverProcesses.notes(ended, swept)
        } catch {
            throw PipelineError(error, source: "")
        }
        return context
    }
}
