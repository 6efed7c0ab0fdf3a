import ContentAddressing
import PipelineContracts
import ArtifactStore
import ContentAddressing
import HostFiles
public import Logging
import PipelineCore
import Runtimes

/// Plans sandboxed commands, launches them, and shows what came of them: with one store, on behalf of this process's
/// user.
///
/// A value that may be used from any number of threads at once, and made anew at any time: all state is in the store.
/// Every method looks at the host anew, so a pipeline may live as long as the program. Nothing of the program it is in is
/// changed: not its signals and their handlers, umask, working folder, environment, nor what it gets to know of children
/// of its own.
///
/// Its logger is told the steps at debug, the begin and end of each launch at info, and at warning what was cleaned up
/// after others that were killed; never the value of a variable.
public struct Pipeline: Sendable {
    /// The folder of the store, absolute.
    public let store: String
    let logger: Logger
    private let environment: [String: String]?
    private let launchers: LauncherSource?

    /// Opens a store, and makes it when it is not there yet.
    ///
    /// - Parameters:
    ///   - store: The store's folder; nil for `SBXPIPE_STORE`, else the nearest store at or above the working folder that
    ///     is the caller's alone, else `$XDG_CACHE_HOME/sbxpipe`.
    ///   - environment: The environment that specifications inherit from, and in which HOME, PATH and the other variables
    ///     that count are looked up; nil for this process's own, as it is when a method is called.
    ///   - launchers: Where launchers are; nil for the usual look-up, by `SBXPIPE_BWRAP` and PATH.
    ///   - logger: Where to log; unless one is given, nowhere.
    /// - Throws: ``SandboxError``: `storeNotTrusted` when the store that is named, or the machine's key, is another user's
    ///   or writable by others; `failed` when the system refuses.
    public init(
        store: String? = nil,
        environment: [String: String]? = nil,
        launchers: (any LauncherLookup)? = nil,
        logger: Logger = Logger(label: "sbxpipe", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws(SandboxError) {
        let source = launchers.map { LauncherSource($0) }
        let context: PipelineContext
        do {
            context = try PipelineContext(storeNamed: store, environment: environment, launchers: source)
        } catch {
            throw SandboxError(error, source: "")
        }
        self.store = context.store.location.root
        self.environment = environment
        self.launchers = source
        self.logger = logger
        for note in context.notes { logger.warning("\(note)") }
    }

    /// Plans a specification: looks at the host, and puts into the store what a launch will go by.
    ///
    /// Nothing is launched, but for a launcher that is asked for its version the first time.
    ///
    /// What did not change since an earlier plan is not done again.
    ///
    /// - Parameter specification: What to run, and in which sandbox.
    /// - Returns: The plan, for `exec`, ``spawn(_:streams:)`` and the others.
    /// - Throws: ``SandboxError``: `launcherNotFound`; `notEnforced` for a control that can't be had; `invalidSpecification`
    ///   for what contradicts itself or is not there; `failed` when the system or the store refuses.
    public func plan(_ specification: SandboxSpecification) throws(SandboxError) -> Plan {
        let context = try writing()
        var options = PlanOptions()
        options.progress = { [logger] step in logger.debug("\(step)") }
        do {
            let report = try Planner(context, options).plan(specification.source).report
            let hits = report.stages.filter(\.cached).count
            logger.debug(
                "planned",
                metadata: ["name": "\(report.name)", "plan": "\(report.plan)", "cachedStages": "\(hits)"]
            )
            return Plan(report, specification.source)
        } catch {
            throw SandboxError(error, source: "")
        }
    }

    /// A plan that is in the store already.
    ///
    /// - Parameter reference: A plan's or run's name or digest, 8 or more digits of one, a run's id, `last` or `last~N`.
    /// - Returns: The plan, as it was made.
    /// - Throws: ``SandboxError``: `missing` when nothing is of that name, `notPermitted` when it counts as imported.
    public func plan(named reference: String) throws(SandboxError) -> Plan {
        let context = try context()
        do {
            let search = ReferenceSearch(context)
            let ref: PlanRef
            switch try search.stored(reference, prefersPlan: true) {
            case .plan(let found): ref = found
            case .run(let run): ref = try search.plan(of: run)
            case .spec(let text), .bundle(let text): throw SandboxError("\(text) is no plan", code: .missing)
            case .damaged(let record): throw record.error
            }
            guard !ref.isImported else { throw SandboxError.imported(ref) }
            return try Plan(ref, context)
        } catch {
            throw SandboxError(error, source: "")
        }
    }

    /// What would be started for a plan, without starting anything.
    ///
    /// - Parameter plan: A plan of this store.
    /// - Returns: The launcher and all that it would be given.
    /// - Throws: ``SandboxError``: `missing` and `notPermitted` for the plan, `launcherNotFound`, `invalidSpecification` when
    ///   the host no longer has what the plan mounts, `failed` for the rest.
    public func commandLine(of plan: Plan) throws(SandboxError) -> LauncherCommandLine {
        let context = try context()
        do {
            return LauncherCommandLine(try Executor(context).command(of: LaunchTarget(plan, context)))
        } catch {
            throw SandboxError(error, source: plan.name)
        }
    }

    /// What the store has of a plan or a run.
    ///
    /// - Parameter reference: As for ``plan(named:)``, but for a name and `last`, which mean the newest run.
    /// - Returns: The stages and their files.
    /// - Throws: ``SandboxError``: `missing` when nothing is of that name, `damaged` when a record of it is not what it was.
    public func inspect(_ reference: String) throws(SandboxError) -> Inspection {
        let context = try context()
        do {
            return try Inspection(try ReferenceSearch(context).stored(reference, prefersPlan: false), context)
        } catch {
            throw SandboxError(error, source: "")
        }
    }

    /// What the store has of a plan.
    ///
    /// - Parameter plan: A plan of this store.
    /// - Returns: The stages 1 to 4 and their files.
    /// - Throws: ``SandboxError``, as ``inspect(_:)-(String)``.
    public func inspect(_ plan: Plan) throws(SandboxError) -> Inspection { try inspect(plan.digest.description) }

    /// What the store has of a run, and of its plan.
    ///
    /// - Parameter run: A run that was kept in this store.
    /// - Returns: All stages and their files.
    /// - Throws: ``SandboxError``, as ``inspect(_:)-(String)``; `missing` for a run without a digest, too.
    public func inspect(_ run: Run) throws(SandboxError) -> Inspection { try inspect(run.id) }

    /// The store and the host as they are now, for reading.
    func context() throws(SandboxError) -> PipelineContext {
        do {
            return try PipelineContext(storeNamed: store, environment: environment, launchers: launchers)
        } catch {
            throw SandboxError(error, source: "")
        }
    }

    /// The same with a lease of its own, after cleaning up what killed ones left.
    func writing() throws(SandboxError) -> PipelineContext {
        do {
            let context = try context().writing()
            for note in context.notes { logger.warning("\(note)") }
            return context
        } catch {
            throw SandboxError(error, source: "")
        }
    }
}
