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
    package static func parent(of processID: Int32) -> Int32? {
        guard let text = ProcFolder.read("/proc/\(processID)/stat") else { return nil }
        // "1 (name) S 0 …": the name may hold parentheses and spaces itself.
        guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = text[text.index(after: end)...].split(separator: UInt8(ascii: " "), maxSplits: 2)
        return fields.count > 1 ? Int32(String(decoding: fields[1], as: UTF8.self)) : nil
    }

    static func childrenByWalk(of processID: Int32) -> [Int32] {
        ProcFolder.numbers(in: "/proc").filter { parent(of: $0) == processID }
    }
}
