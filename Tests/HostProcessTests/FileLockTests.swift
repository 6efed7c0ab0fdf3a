import Testing

@testable import HostProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("Who holds a lock on a file", .tags(.medium))
struct FileLockTests {
    private let list = """
        1: FLOCK  ADVISORY  WRITE 26774 fe:00:16221362 0 EOF
        1: -> FLOCK  ADVISORY  READ  301 fe:00:16221362 0 EOF
        2: POSIX  ADVISORY  WRITE 26774 fe:00:16220335 1073741824 1073742335
        3: FLOCK  ADVISORY  READ  -1 00:3f:7 0 EOF
        4: OFDLCK ADVISORY  READ  -1 103:00012:9 0 EOF
        5: FLOCK  ADVISORY  READ  0 103:12345:18446744073709551615 0 EOF
        6: LEASE  ACTIVE    READ  12 fe:00:3 0 EOF
        FLOCK
        7: FLOCK  ADVISORY  WRITE
        8: FLOCK  ADVISORY  WRITE 12 fe:00:3:4 0 EOF

        """

    @Test("the kernel's list is read: flock alone, who waits told from who holds, device numbers as of stat(2)")
    func parsing() {
        let found = FileLockEntry.parse(Array(list.utf8))
        #expect(found.map(\.processID) == [26774, 301, nil, nil])
        #expect(found.map(\.isExclusive) == [true, false, false, false])
        #expect(found.map(\.isWaiting) == [false, true, false, false])
        #expect(found.map(\.inode) == [16_221_362, 16_221_362, 7, UInt64.max])
        #expect(found.map(\.device) == [0xFE00, 0xFE00, 0x3F, 0x1231_0345])
    }

    @Test("the locks of one descriptor are read")
    func descriptorNotes() {
        let notes =
            "pos:\t0\nflags:\t02100002\nmnt_id:\t30\nino:\t5\nlock:\t1: FLOCK  ADVISORY  WRITE 359 00:13:5 0 EOF\n"
        #expect(FileLockHolder.locks(inDescriptorNotes: Array(notes.utf8)).map(\.processID) == [359])
        #expect(FileLockHolder.locks(inDescriptorNotes: Array("pos:\t0\nlock:\n".utf8)).isEmpty)
    }

    /// A file of its own, removed at the end.
    private func withFile(_ body: (String) throws -> Void) throws {
        var name = Array("/tmp/sbxpipe-lock.XXXXXX".utf8CString)
        close(mkstemp(&name))
        let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        try body(path)
    }

    @Test("a holder is named as long as it holds")
    func ownLock() throws {
        try withFile { path in
            #expect(FileLockHolder.all(of: path).isEmpty)
            let file = open(path, O_RDWR | O_CLOEXEC)
            let second = open(path, O_RDWR | O_CLOEXEC)
            #expect(flock(file, LOCK_SH) == 0)
            #expect(FileLockHolder.all(of: path).map(\.processID) == [getpid()])
            #expect(FileLockHolder.all(of: path).first?.command == ProcessTable.command(of: getpid()))
            #expect(flock(file, LOCK_UN) == 0)
            // Open, but without a lock.
            #expect(FileLockHolder.all(of: path).isEmpty)
            close(file)
            close(second)
        }
        #expect(FileLockHolder.all(of: "/nowhere/at/all").isEmpty)
    }

    @Test("where who took the lock is gone, those are named that it left it to")
    func inheritedLock() throws {
        try withFile { path in
            let pipe = try makePipe()
            // The program flock takes the lock on the shell's open file, and ends.
            let script =
                "exec 9<>\(path); flock 9; sleep 60 & echo $!; sh -c 'exec 9>&-; exec sleep 60' & exec sleep 60"
            let child = try spawnScript(script, output: pipe.write) { $0.underWaiter = true }
            let inner = try #require(Int32(readLine(pipe.read)))
            close(pipe.read)
            let found = FileLockHolder.all(of: path)
            #expect(found.map(\.processID) == [child.processID, inner].sorted())
        }
    }
}
