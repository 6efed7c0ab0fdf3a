import TarArchive
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("Bodies from descriptors")
struct DescriptorTests {
    private let content = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test("a file's bytes are those of the archive from memory, and its offset stays")
    func same() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("f", content)
        let entry = TarEntry.file("f", size: Int64(content.count))
        let written = try folder.opened("f") { descriptor in
            lseek(descriptor, 7, SEEK_SET)
            defer { #expect(lseek(descriptor, 0, SEEK_CUR) == 7) }
            return try archive { try $0.append(entry, descriptor: descriptor) }
        }
        #expect(try written == archive([(entry, content)]))
    }

    @Test("a file that is longer or shorter than its entry is changedWhileRead", arguments: [-1, 1, -70_000, -150_000])
    func changed(difference: Int) throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("f", content)
        let entry = TarEntry.file("dir/f", size: Int64(content.count + difference))
        let error = #expect(throws: TarError.self) {
            try folder.opened("f") { descriptor in
                _ = try archive { try $0.append(entry, descriptor: descriptor) }
            }
        }
        #expect(error?.code == .changedWhileRead)
        #expect(error?.path == "dir/f")
    }

    @Test("a file that is cut or grows while it is read is changedWhileRead", arguments: [10, 200_000])
    func changing(to size: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("f", content)
        let error = #expect(throws: TarError.self) {
            try folder.opened("f") { descriptor in
                var writer = try TarWriter { _ in _ = truncate(path, off_t(size)) }
                try writer.append(.file("f", size: Int64(content.count)), descriptor: descriptor)
            }
        }
        #expect(error?.code == .changedWhileRead)
    }

    @Test("a descriptor that can't be read is readFailed with errno")
    func unreadable() throws {
        var writer = try TarWriter { _ in }
        do {
            try writer.append(.file("f", size: 1), descriptor: -1)
            Issue.record("not refused")
        } catch {
            #expect(error.code == .readFailed)
            #expect(error.errno == EBADF)
        }
    }

    @Test("a file over 8 GiB is written with its size and its bytes counted")
    func large() throws {
        let folder = try TemporaryFolder(in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
        let path = try folder.file("f")
        let size: Int64 = 8 << 30 | 1
        try #require(truncate(path, off_t(size)) == 0)
        var count: Int64 = 0
        var head: [UInt8] = []
        var writer = try TarWriter { piece in
            if head.count < 2048 { head.append(contentsOf: piece.prefix(2048)) }
            count += Int64(piece.count)
        }
        let entry = TarEntry.file("f", size: size)
        try folder.opened("f") { try writer.append(entry, descriptor: $0) }
        try writer.finish()
        #expect(count == 3 * 512 + (size + 511) / 512 * 512 + 1024)
        var reader = try TarReader(bytes: head)
        #expect(try reader.next() == entry)
        #expect(refusal(head, limits: TarLimits(entryBytes: size - 1))?.code == .overLimit)
    }

    @Test("an archive is read from a pipe, in whatever pieces it comes")
    func pipe() throws {
        let folder = try TemporaryFolder()
        let written = try archive([(.file("ä", size: 150_000), content), (.file("b", size: 1), [9])])
        _ = try folder.file("a.tar", written)
        let stream = try #require(popen("dd if='\(folder.path)/a.tar' bs=777 2>/dev/null", "r"))
        defer { pclose(stream) }
        var reader = try TarReader(descriptor: fileno(stream))
        #expect(try reader.next()?.path == bytes("ä"))
        #expect(try reader.readBody() == content)
        #expect(try reader.next()?.path == bytes("b"))
        #expect(try reader.next() == nil)
    }

    @Test("an archive that can't be read is readFailed")
    func unreadableArchive() {
        #expect(throws: TarError.self) { _ = try TarReader(descriptor: -1) }
    }
}
