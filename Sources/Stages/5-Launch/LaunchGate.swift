import HostFiles
import HostProcess
import PipelineContracts

/// Holds a sandbox's first process just before it starts the command, and bounds it there.
///
/// Set before the launcher, a limit would bind the launcher itself (with five descriptors bubblewrap can't set up
/// anything); set after the command has started, it would come too late. bubblewrap reads a byte when all is set up
/// (`--block-fd`).
final class LaunchGate {
    /// The end that bubblewrap reads, open for writing too: so a tool that is killed leaves no end of file, at which the
    /// command would start unbounded.
    private var readEnd: OwnedDescriptor?
    private let writeEnd: OwnedDescriptor
    private let limits: ResourceLimits
    private let group: ControlGroup?
    private(set) var isOpen = false
    private var isClosed = false
    /// What kept it from being opened.
    private(set) var failure: (any Error)?
    /// Processes that the kernel ended as memory ran out; known once ``close()`` was called.
    private(set) var memoryKills = 0

    /// `added` is how many processes of the launcher's the bounds hold as well.
    ///
    /// - Throws: ``ProcessError``, ``FileError``.
    init(_ limits: ResourceLimits, added: Int64) throws {
        self.limits = Self.raised(limits, by: added)
        let pipe = try makePipe()
        writeEnd = OwnedDescriptor(adopting: pipe.write)
        let read = OwnedDescriptor(adopting: pipe.read)
        readEnd = try OwnedDescriptor.open("/proc/self/fd/\(read.number)", [.readWrite])
        let bounds = ControlGroupLimits(
            memory: limits.memory,
            swap: limits.swap,
            millicpus: limits.millicpus,
            pids: limits.pids.map { $0 + added }
        )
        group =
            limits.needsControlGroup
            ? try ControlGroup(
                named: "sbxpipe-" + HostSystem.randomBytes(8).map { String($0, radix: 16) }.joined(),
                bounds,
                at: .current()
            ) : nil
    }

    /// The launcher's processes count as the command's do.
    private static func raised(_ limits: ResourceLimits, by added: Int64) -> ResourceLimits {
        var rlimits = limits.rlimits
        if let pair = rlimits["nproc"] {
            let (soft, hard) = (
                pair.soft < 0 ? pair.soft : pair.soft + added, pair.hard < 0 ? pair.hard : pair.hard + added
            )
            rlimits["nproc"] = ResourceLimits.Pair(soft: soft, hard: hard)
        }
        return ResourceLimits(memory: nil, swap: nil, millicpus: nil, pids: nil, rlimits: rlimits)
    }

    /// The cgroup's folders, which are not there before ``make()``.
    var folders: [String] { group?.folders ?? [] }

    func make() throws { try group?.make() }

    /// Gives away the launcher's end, once.
    func takeReadEnd() -> Int32? {
        defer { readEnd = nil }
        return readEnd.take()?.release()
    }

    /// Bounds the sandbox's first process if it waits by now, and lets it go on.
    ///
    /// `descriptor` is the number of the launcher's end there.
    func open(for process: Int32, at descriptor: Int32) {
        guard !isOpen, failure == nil else { return }
        do {
            guard try waits(process, at: descriptor) else { return }
            try group?.add(process)
            for (name, pair) in limits.rlimits.sorted(by: { $0.key < $1.key }) {
                guard let limit = ProcessLimit(name) else {
                    throw LaunchError("resources.rlimits.\(name): this system has no such limit")
                }
                try limit.set(of: process, soft: pair.soft, hard: pair.hard)
            }
            try FileContent.write([0], to: writeEnd.number, path: "the launcher's gate")
            isOpen = true
        } catch {
            failure = error
        }
    }

    /// Takes it that the sandbox is never set up.
    func giveUp() { failure = LaunchError("the sandbox was not set up within ten seconds; its limits are not set") }

    /// Whether a process is in read(2) of one byte from a descriptor: proc_pid_syscall(5) has number and arguments.
    private func waits(_ process: Int32, at descriptor: Int32) throws -> Bool {
        let text: String
        do {
            text = try ProcText.read("/proc/\(process)/syscall")
        } catch {
            // Gone meanwhile (ENOENT, ESRCH).
            if [.notFound, .other(3)].contains(error.code) { return false }
            throw LaunchError(
                "limits can't be set: \(error)",
                hint: "sysctl kernel.yama.ptrace_scope above 1 keeps ordinary users from seeing when a process waits"
            )
        }
        let fields = text.split(separator: " ")
        guard fields.count > 3 else { return false }
        return fields[1] == "0x" + String(descriptor, radix: 16) && fields[3] == "0x1"
    }

    /// Ends what is in the cgroup.
    func kill() { group?.kill() }

    /// Ends what is left in the cgroup and removes it.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        memoryKills = group?.memoryKills ?? 0
        _ = group?.remove(within: .seconds(1))
    }
}
