package import ArtifactStore
package import ContentAddressing
package import HostFiles
package import PipelineContracts
package import Runtimes
package import Secrets

/// What a launch goes by: a plan's archive, the host, and the caller's streams.
package struct LaunchRequest {
    package let plan: Digest
    package let archive: PlanArchive
    package let host: HostView
    package let runtime: RuntimeFacts
    package let store: Store
    /// The plan's mounts as they were expanded when it was made just now.
    package let expansion: MountExpansion?
    /// Host paths of the plan's unpacked snapshots, by their fields.
    package let snapshots: [String: String]
    /// Content of stdin's file, checked to be what it was at plan time, as an open descriptor.
    package let stdinFile: Int32?
    /// Who launches.
    package let caller: LaunchCaller
    /// What the plan's secrets are now; none where nothing is launched.
    package var secrets = SecretValues()
    /// When it begins, in nanoseconds since 1970: what those who follow it know of it before there is a record.
    package let started = HostSystem.realTime()
    /// Told what becomes known while it goes on.
    package var onEvent: (LaunchEvent) -> Void = { _ in }

    /// Whether this process is a subreaper and takes signals.
    var ownsProcess: Bool { caller.ownsProcess }

    package init(
        plan: Digest,
        archive: PlanArchive,
        host: HostView,
        runtime: RuntimeFacts,
        store: Store,
        expansion: MountExpansion? = nil,
        snapshots: [String: String] = [:],
        stdinFile: Int32? = nil,
        caller: LaunchCaller = LaunchCaller()
    ) {
        self.plan = plan
        self.archive = archive
        self.host = host
        self.runtime = runtime
        self.store = store
        self.expansion = expansion
        self.snapshots = snapshots
        self.stdinFile = stdinFile
        self.caller = caller
    }
}

/// Who launches: its streams, and whether the process is ours.
package struct LaunchCaller {
    /// The tool's: its process is a subreaper and takes signals.
    ///
    /// The library's is somebody else's, and the launch has a waiter instead, where there is one.
    package var ownsProcess = true
    /// What a command reads that inherits stdin; nil for nothing.
    ///
    /// Borrowed until the end, as the other two.
    package var standardInput: Int32? = 0
    /// Where the command's streams go on to; nil for nowhere.
    package var standardOutput: Int32? = 1
    package var standardError: Int32? = 2
    /// Told each piece of the command's streams, by name, as it comes.
    package var onOutput: ((String, UnsafeRawBufferPointer) -> Void)?
    /// Told what becomes known while it goes on.
    package var onEvent: ((LaunchEvent) -> Void)?
    package var control: LaunchControl?
    /// Takes the controlling side of the command's terminal, which is then the caller's own business.
    ///
    /// Nothing of it is captured or passed on. Nil where the caller's stdin is a terminal that the command's is joined to.
    package var onTerminal: ((Int32) -> Void)?

    package init() {}
}

/// What becomes known of a launch while it goes on.
package enum LaunchEvent {
    /// The launcher, or without one the command, runs and leads a session of its own.
    case started(launcher: Int32)
    /// The launcher reported the sandbox's first process; never without a launcher.
    case child(Int32)
    /// A cgroup is about to be made in these folders.
    case controlGroup([String])
    /// A folder in memory is about to be made, for values of secrets.
    case privateFolder(String)
    /// Captures go to files from now on: by stream, and the frames.
    case captures([String: String], frames: String)
}

/// What a launch left, for collect.
package struct LaunchResult {
    package var record: LaunchRecord
    /// In the order of their names.
    package let streams: [StreamCapture]
    package let frames: FrameLog?
    /// Of a run with a terminal.
    package let cast: CastLog?
    /// The tree as it was inside, with what stood in for a tmpfs that holds outputs.
    package let tree: SandboxTree?
    /// What the sources of mounts that hold outputs were before the command ran.
    package let outputSources: [PathKey: FileStatus]
    /// What of the caller's streams could not be written on: errno by name.
    package let lostStreams: [String: Int32]
    /// A folder of ours to be removed after collecting.
    package let temporaryFolder: String?
    /// What looks for the values of secrets, and has looked through the streams; nil where there are none.
    package let search: SecretSearch?
}
