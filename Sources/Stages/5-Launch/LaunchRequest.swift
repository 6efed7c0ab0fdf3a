package import ArtifactStore
package import ContentAddressing
package import HostFiles
package import PipelineContracts
package import Runtimes

/// What a launch goes by: a plan's archive, the host, and the caller's streams.
package struct LaunchRequest {
    package let plan: Digest
    package let archive: PlanArchive
    package let host: HostView
    package let runtime: RuntimeFacts
    package let store: Store
    /// The plan's mounts as they were expanded when it was made just now.
    package let expansion: MountExpansion?
    /// Content of stdin's file, checked to be what it was at plan time, as an open descriptor.
    package let stdinFile: Int32?
    /// Where the command's streams go on to; nil for nowhere.
    package let standardOutput: Int32?
    package let standardError: Int32?
    /// Whether this process is a subreaper and takes signals: true in the tool, false in the library.
    package let ownsProcess: Bool
    /// Told what becomes known while it goes on.
    package var onEvent: (LaunchEvent) -> Void = { _ in }

    package init(
        plan: Digest,
        archive: PlanArchive,
        host: HostView,
        runtime: RuntimeFacts,
        store: Store,
        expansion: MountExpansion? = nil,
        stdinFile: Int32? = nil,
        standardOutput: Int32? = 1,
        standardError: Int32? = 2,
        ownsProcess: Bool = true
    ) {
        self.plan = plan
        self.archive = archive
        self.host = host
        self.runtime = runtime
        self.store = store
        self.expansion = expansion
        self.stdinFile = stdinFile
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.ownsProcess = ownsProcess
    }
}

/// What becomes known of a launch while it goes on.
package enum LaunchEvent {
    /// The launcher, or without one the command, runs and leads a session of its own.
    case started(launcher: Int32)
    /// The launcher reported the sandbox's first process; never without a launcher.
    case child(Int32)
    /// Captures go to files from now on: by stream, and the frames.
    case captures([String: String], frames: String)
}

/// What a launch left, for collect.
package struct LaunchResult {
    package var record: LaunchRecord
    /// In the order of their names.
    package let streams: [StreamCapture]
    package let frames: FrameLog?
    /// The tree as it was inside, with what stood in for a tmpfs that holds outputs.
    package let tree: SandboxTree?
    /// What the sources of mounts that hold outputs were before the command ran.
    package let outputSources: [PathKey: FileStatus]
    /// A folder of ours to be removed after collecting.
    package let temporaryFolder: String?
}
