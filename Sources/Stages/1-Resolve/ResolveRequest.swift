package import ArtifactStore
package import HostFiles
package import Runtimes
package import SandboxSpec

/// What resolve is asked: a spec, where its relative paths start, and who asks.
package struct ResolveRequest: Sendable {
    package let effective: EffectiveSpec
    package let runtime: RuntimeSelection
    /// Folder of the spec's file, absolute; the working folder for `run`.
    package let base: String
    /// The caller's environment.
    package let environment: [String: String]
    package let identity: HostIdentity
    package let accounts: Accounts
    package let home: String
    package let store: Store
    package let launchers: LauncherSource
    /// Names of the caller's environment that are several variables to the kernel and one name here, in each form.
    package let ambiguousNames: [String]
    /// Folders that no command may see, and that no snapshot holds.
    package let covered: [String]
    /// SOURCE_DATE_EPOCH, in seconds.
    package let time: Int64
    /// What is taken from an earlier plan; nil for nothing.
    package let recorded: RecordedInputs?

    package init(
        effective: EffectiveSpec,
        runtime: RuntimeSelection,
        base: String,
        environment: [String: String],
        identity: HostIdentity,
        accounts: Accounts,
        home: String,
        store: Store,
        launchers: LauncherSource,
        ambiguousNames: [String],
        covered: [String],
        time: Int64,
        recorded: RecordedInputs? = nil
    ) {
        self.effective = effective
        self.runtime = runtime
        self.base = base
        self.environment = environment
        self.identity = identity
        self.accounts = accounts
        self.home = home
        self.store = store
        self.launchers = launchers
        self.ambiguousNames = ambiguousNames
        self.covered = covered
        self.time = time
        self.recorded = recorded
    }
}

/// Why a spec can't be resolved here: the field, what is wrong, what to do.
package struct ResolveError: Error, Sendable, Hashable, CustomStringConvertible {
    package let field: String
    package let message: String
    package let hint: String?
    /// The launcher's problem, where it is that.
    package let launcher: LauncherProblem?

    package init(_ field: String, _ message: String, hint: String? = nil, launcher: LauncherProblem? = nil) {
        self.field = field
        self.message = message
        self.hint = hint
        self.launcher = launcher
    }

    package var description: String { field.isEmpty ? message : "\(field): \(message)" }
}
