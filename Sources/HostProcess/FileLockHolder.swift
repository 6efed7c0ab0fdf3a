internal import HostFiles

/// A process that has a file open on which it, or one it got the open file from, holds a lock of flock(2).
package struct FileLockHolder: Sendable, Hashable {
    package let processID: Int32
    /// The process's name, which it may have given itself; nil when it is gone.
    package let command: String?

    /// Who holds a lock on a file now, ascending by number.
    ///
    /// Empty when nobody does, when nobody can be told (a holder in another PID namespace, another machine's on a
    /// network file system, `/proc` without `locks`), and on Darwin. What the kernel's list of locks says is checked
    /// with the holders' descriptors where they may be read; where the list names nobody that has the file open, all
    /// processes that may be read are looked through. So this is for messages, not for the hot path.
    package static func all(of path: String) -> [FileLockHolder] {
        guard let file = (try? FileStatus.of(path, following: true)) ?? nil,
            let locks = ProcFolder.read("/proc/locks").map(FileLockEntry.parse)
        else { return [] }
        // The device is compared last: on some file systems stat(2) gives another than the kernel's list.
        let held = locks.filter { !$0.isWaiting && $0.inode == file.inode }
        if held.isEmpty { return [] }
        var found: Set<Int32> = []
        for entry in held {
            guard let process = entry.processID, ProcessTable.stat(of: process)?.hasEnded == false else { continue }
            if holdsLock(process, on: file) ?? (entry.device == file.device) { found.insert(process) }
        }
        if found.isEmpty {
            let name = AbsolutePath.lastComponent(((try? AbsolutePath.real(path)) ?? nil) ?? "/" + path)
            found = Set(ProcFolder.numbers(in: "/proc").filter { holdsLock($0, on: file, openedAs: name) == true })
        }
        return found.sorted().map { FileLockHolder(processID: $0, command: ProcessTable.command(of: $0)) }
    }

    /// Whether a process has the file open with a lock on it; nil when its descriptors may not be read.
    ///
    /// With a name, only files opened by a path that ends in it are looked at: a look at any other could hang, as with
    /// a file on a server that is gone.
    private static func holdsLock(_ process: Int32, on file: FileStatus, openedAs name: String? = nil) -> Bool? {
        let folder = "/proc/\(process)"
        let descriptors = ProcFolder.numbers(in: folder + "/fd")
        if descriptors.isEmpty { return nil }
        return descriptors.contains { number in
            if let name, ProcFolder.link("\(folder)/fd/\(number)")?.hasSuffix("/" + name) != true { return false }
            guard let open = (try? FileStatus.of("\(folder)/fd/\(number)", following: true)) ?? nil,
                open.inode == file.inode, open.device == file.device,
                let notes = ProcFolder.read("\(folder)/fdinfo/\(number)")
            else { return false }
            return !locks(inDescriptorNotes: notes).isEmpty
        }
    }

    /// The locks in a text of the form of `/proc/pid/fdinfo/number`: after `lock:`, as in `/proc/locks`.
    static func locks(inDescriptorNotes text: [UInt8]) -> [FileLockEntry] {
        let mark = Array("lock:".utf8)
        return text.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: mark) }
            .flatMap { FileLockEntry.parse(Array($0.dropFirst(mark.count).drop { $0 == 0x20 || $0 == 0x09 })) }
    }
}
