import HostFiles
import HostProcess
import JSONText
import PipelineContracts
import Runtimes

/// A container of one launch: its bundle on disk, its start, and its removal.
final class ContainerSession {
    private let command: ContainerCommand
    private let launcher: OwnedDescriptor
    private let folder: OwnedDescriptor
    private let processFile: FollowedFile
    private let group: ControlGroup?
    private let console: ConsoleSocket?
    private let arguments: [String]
    /// Number of the container's first process; nil as long as it is not known.
    private(set) var first: Int32?
    /// Processes that the kernel ended as memory ran out; known once ``remove()`` was called.
    private(set) var memoryKills = 0

    /// Writes the bundle and opens the launcher, which must be the file that was looked at; `secret` gives the value of one by
    /// its name.
    ///
    /// - Throws: ``LaunchError``, ``FileError``.
    init(_ command: ContainerCommand, secret: (String) throws -> [UInt8]) throws {
        self.command = command
        launcher = try command.launcher.open()
        group = command.controlGroup.map { ControlGroup(madeByLauncher: $0, at: .current()) }
        try BundleFiles.write(command.bundle, to: command.bundleFolder, permissions: 0o700, secret: secret)
        for helper in command.helpers { try Folder.link("\(command.folder)/\(helper.name)", to: helper.path) }
        folder = try OwnedDescriptor.open(command.folder, [.pathOnly, .folder])
        processFile = FollowedFile(folder: folder.number, name: ContainerCommand.processFile)
        guard let path = command.consoleSocket else {
            console = nil
            arguments = command.arguments
            return
        }
        // A socket's path is short; the descriptor of its folder leads there whatever the store's place.
        let isShort = path.utf8.count <= ConsoleSocket.longestPath
        let place = isShort ? path : "/proc/\(HostIdentity.processID)/fd/\(folder.number)/console"
        console = try ConsoleSocket(at: place)
        arguments = command.arguments.map { $0 == path ? place : $0 }
    }

    var name: String { command.launcher.name }
    var hasReaper: Bool { command.hasReaper }
    /// Those of the container's cgroup, which are not there before its start.
    var folders: [String] { group?.folders ?? [] }

    /// Starts the runtime, whose container the waiter follows once the runtime has left it.
    ///
    /// - Throws: ``ProcessError``.
    func spawn(_ streams: [DescriptorMapping], clearsGroups: Bool) throws -> ChildProcess {
        try HostProcess.spawn(
            SpawnRequest(
                executable: launcher.number,
                arguments: arguments,
                environment: command.environment,
                descriptors: streams,
                fileCreationMask: 0o022,
                newSession: true,
                clearSupplementaryGroups: clearsGroups,
                killOnParentDeath: true,
                underWaiter: true,
                followedFile: processFile
            )
        )
    }

    /// Looks whether the runtime has left the container running, and which one its first process is.
    func findFirst() -> Int32? {
        if first == nil, let text = try? ProcText.read("\(command.folder)/\(processFile.leftName)") {
            first = Int32(text.filter { !$0.isWhitespace })
        }
        return first
    }

    /// The controlling side of the command's terminal, once; nil as long as the runtime has not handed it over.
    ///
    /// - Throws: ``ProcessError`` for something else.
    func takeTerminal() throws(ProcessError) -> Int32? { try console?.take() }

    /// What the runtime gave as the reason of its failure, from its log.
    var failure: String? {
        guard let bytes = try? FileContent.read(command.logFile, limit: 1 << 20) else { return nil }
        for line in bytes.split(separator: 0x0A).reversed() {
            guard let entry = try? JSONParser.parse(Array(line)), let message = entry["msg"]?.stringValue else {
                continue
            }
            let level = entry["level"]?.stringValue
            if level == "error" || level == "fatal" { return message }
        }
        return nil
    }

    /// Ends what is in the container's cgroup.
    func kill() { group?.kill() }

    /// Has the runtime take away what it made, whatever became of the container; all its processes must have ended.
    ///
    /// Within the limit: a runtime that hangs is killed, and what it made lies in folders and a cgroup that go all the same.
    func remove(within limit: Duration) {
        memoryKills = group?.memoryKills ?? 0
        _ = try? runProbe(
            executable: launcher.number,
            arguments: command.deletion,
            environment: command.environment,
            limits: ProbeLimits(time: limit)
        )
        _ = group?.remove(within: .seconds(1))
    }
}
