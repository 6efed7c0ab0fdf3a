import HostFiles
import HostProcess
import PipelineContracts
import Runtimes
import SeccompFilter

/// Starts bubblewrap with what goes to it by descriptor: arguments, files, a filter, and where it reports to.
struct BubblewrapStart: ~Copyable {
    private let command: BubblewrapCommand
    private let launcher: OwnedDescriptor
    /// The compiled seccomp profile.
    private let filter: [UInt8]?
    private let secret: (String) throws -> [UInt8]

    /// Opens the launcher, which must be the file that was looked at; `secret` gives the value of one by its name.
    ///
    /// - Throws: ``LaunchError``, ``FileError``.
    init(
        _ command: BubblewrapCommand,
        _ facts: LauncherFacts,
        filter: [UInt8]?,
        secret: @escaping (String) throws -> [UInt8]
    ) throws {
        launcher = try facts.open()
        self.command = command
        self.filter = filter
        self.secret = secret
    }

    private func content(_ content: BubblewrapCommand.PassedText.Content) throws -> [UInt8] {
        switch content {
        case .text(let text): Array(text.utf8)
        case .secret(let name): try secret(name)
        }
    }

    /// Starts it with these descriptors 0 to 2, and `status` to report to.
    ///
    /// A waiter outlives a tool that is killed: bubblewrap's own child has its tie to bubblewrap's life only when it is
    /// set up, and lives on when that is ended before (tried). `leavesRest` as in ``SpawnRequest/waiterLeavesRest``.
    /// Appends what is to be closed once it runs, or when this throws.
    borrowing func spawn(
        _ streams: [DescriptorMapping],
        status: Int32,
        clearsGroups: Bool,
        gate: LaunchGate?,
        leavesRest: Bool,
        hasTerminal: Bool,
        namespace: SubordinateNamespace?,
        _ closing: inout [Int32]
    ) throws -> ChildProcess {
        var mappings = streams
        mappings.append(DescriptorMapping(child: BubblewrapCommand.statusDescriptor, parent: status))
        var texts: [Int32] = []
        for (index, file) in command.texts.enumerated() {
            let memory = try memoryFile(named: "sbxpipe-text", bytes: try content(file.content))
            closing.append(memory)
            texts.append(BubblewrapCommand.textDescriptor(index))
            mappings.append(DescriptorMapping(child: BubblewrapCommand.textDescriptor(index), parent: memory))
        }
        if let end = gate?.takeReadEnd() {
            closing.append(end)
            mappings.append(DescriptorMapping(child: BubblewrapCommand.gateDescriptor, parent: end))
        }
        if let inner = namespace?.innerDescriptor {
            mappings.append(DescriptorMapping(child: BubblewrapCommand.namespaceDescriptor, parent: inner))
        }
        let extra = command.extraArguments(
            textDescriptors: texts,
            isGated: gate != nil,
            isNested: namespace?.innerDescriptor != nil
        )
        let arguments = try memoryFile(named: "sbxpipe-args", bytes: extra.flatMap { Array($0.utf8) + [0] })
        closing.append(arguments)
        mappings.append(DescriptorMapping(child: BubblewrapCommand.argumentDescriptor, parent: arguments))
        if let filter {
            let memory = try memoryFile(named: "sbxpipe-filter", bytes: filter)
            closing.append(memory)
            mappings.append(DescriptorMapping(child: BubblewrapCommand.filterDescriptor, parent: memory))
        }
        if command.hasGuard {
            let filter = try makePipe()
            closing.append(filter.read)
            // This one has a few hundred bytes, a pipe takes 64 KiB.
            let end = OwnedDescriptor(adopting: filter.write)
            try UserNamespaceGuard.write(to: end.number)
            mappings.append(DescriptorMapping(child: BubblewrapCommand.guardDescriptor, parent: filter.read))
        }
        return try HostProcess.spawn(
            SpawnRequest(
                executable: launcher.number,
                arguments: command.arguments(extraFrom: BubblewrapCommand.argumentDescriptor),
                descriptors: mappings,
                fileCreationMask: 0o022,
                newSession: true,
                controllingTerminal: hasTerminal ? 0 : nil,
                clearSupplementaryGroups: clearsGroups,
                killOnParentDeath: true,
                underWaiter: ProcessFeatures.hasWaiter,
                waiterLeavesRest: leavesRest,
                userNamespace: namespace?.entry
            )
        )
    }
}
