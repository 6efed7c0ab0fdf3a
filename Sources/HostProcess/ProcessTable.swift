internal import CHostShims
internal import HostFiles

/// The kernel's table of processes, as far as `/proc` shows it: a snapshot that is old when it is read.
package enum ProcessTable {
    /// The children of a process, those of all its threads and those that wait to be reaped included.
    ///
    /// Empty when there are none or the process is gone. Complete for the caller's own children as long as no other
    /// thread reaps (proc(5), `/proc/pid/task/tid/children`). A kernel without that file costs a walk over `/proc`.
    package static func children(of processID: Int32) -> [Int32] {
        let tasks = "/proc/\(processID)/task"
        var found: [Int32] = []
        for thread in ProcFolder.numbers(in: tasks) {
            guard let text = ProcFolder.read("\(tasks)/\(thread)/children") else {
                return ProcFolder.numbers(in: tasks).isEmpty ? [] : childrenByWalk(of: processID)
            }
            found += text.split(separator: UInt8(ascii: " ")).compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
        }
        return found
    }

    /// The parent of a process; nil when the process is gone, 0 when its parent is outside of this PID namespace.
    package static func parent(of processID: Int32) -> Int32? { stat(of: processID)?.parent }

    /// The session that a process is in; nil when the process is gone.
    package static func session(of processID: Int32) -> Int32? { stat(of: processID)?.session }

    /// The name of a process, as proc(5) has it in `/proc/pid/comm`; nil when the process is gone.
    package static func command(of processID: Int32) -> String? { stat(of: processID)?.command }

    /// What the kernel says of a process; nil when it is gone.
    package static func stat(of processID: Int32) -> ProcessStat? {
        ProcFolder.read("/proc/\(processID)/stat").flatMap(ProcessStat.init(parsing:))
    }

    /// The number of a process's mount namespace, 0 for the caller's own process: no other namespace of this boot has it.
    ///
    /// Nil when the process is gone, has ended, or is one that the caller may not look into (ptrace(2), access mode), and
    /// on kernels before 6.12, which have no such number: an inode's goes to the next namespace at once.
    package static func mountNamespace(of processID: Int32) -> UInt64? {
        let folder = processID == 0 ? "/proc/self" : "/proc/\(processID)"
        guard let file = try? OwnedDescriptor.open(folder + "/ns/mnt", []) else { return nil }
        let number = sbx_mount_namespace(file.number)
        return number == 0 ? nil : number
    }

    /// The processes, ascending, that `/proc` shows and that are as told, but for those that have ended.
    package static func processes(where isWanted: (ProcessStat) -> Bool) -> [Int32] {
        ProcFolder.numbers(in: "/proc").filter { number in
            stat(of: number).map { !$0.hasEnded && isWanted($0) } ?? false
        }
    }

    /// The living processes of a session, its leader included.
    ///
    /// A session outlives its leader, and as long as it has a member its number goes to no other process.
    package static func members(ofSession session: Int32) -> [Int32] { processes { $0.session == session } }

    /// The living processes in a mount namespace, as far as the caller may look into them.
    package static func members(ofMountNamespace number: UInt64) -> [Int32] {
        ProcFolder.numbers(in: "/proc").filter { mountNamespace(of: $0) == number }
    }

    static func childrenByWalk(of processID: Int32) -> [Int32] {
        ProcFolder.numbers(in: "/proc").filter { parent(of: $0) == processID }
    }
}
