import TarArchive
import Testing

/// Names that tar implementations trip over.
let oddNames: [[UInt8]] = [
    bytes("plain"), bytes("with space"), bytes("new\nline"), bytes("tab\tand \u{1B}[31m"), bytes("back\\slash\"quote"),
    bytes("-dash"), bytes("equals=sign"), bytes("größe/日本語"), [0xFF, 0xFE, 0x80], bytes("e\u{301}"), bytes("é"),
    [UInt8](repeating: UInt8(ascii: "n"), count: 100), [UInt8](repeating: UInt8(ascii: "n"), count: 101),
    [UInt8](repeating: UInt8(ascii: "m"), count: 255), [UInt8](repeating: 0xC3, count: 255),
    Array([[UInt8]](repeating: [UInt8](repeating: UInt8(ascii: "d"), count: 60), count: 4).joined(separator: [47])),
    Array([[UInt8]](repeating: [UInt8](repeating: UInt8(ascii: "e"), count: 200), count: 19).joined(separator: [47])),
    bytes("..."), bytes("..a/.b"), bytes("._resource"),
]

@Suite("What the writer writes")
struct WrittenBytesTests {
    private func odd() throws -> [UInt8] {
        try archive { writer in
            for (index, name) in oddNames.enumerated() {
                let body = [UInt8](repeating: UInt8(index), count: index * 37)
                try writer.append(.file(name, size: Int64(body.count)), bytes: body)
            }
            let target: [UInt8] = [0xE2, 0x82, 0x00 + 1] + oddNames[13]
            let link = TarEntry(path: bytes("link"), kind: .symlink(target: target), mode: 0o777, size: 0, modified: -5)
            try writer.append(link)
        }
    }

    @Test("the same entries give the same bytes in every locale")
    func locales() throws {
        let first = try odd()
        #expect(try odd() == first)
        for name in ["C", "C.UTF-8", "POSIX", "en_US.ISO-8859-1", "tr_TR.UTF-8"] {
            let found = try inLocale(name) { (written: try odd(), paths: try read(first).map(\.0.path)) }
            guard let found else { continue }
            #expect(found.written == first, "in \(name)")
            #expect(found.paths == oddNames + [bytes("link")], "in \(name)")
        }
    }

    @Test("a header holds the entry, owner 0 without a name, one time, and nothing else")
    func header() throws {
        var tar = ForgedTar()
        tar.add(bytes("a/b"), body: bytes("hello"))
        let written = try archive([(.file("a/b", size: 5), bytes("hello"))])
        // libarchive ends device numbers of 6 digits with a space.
        var expected = tar.finished
        for field in [100, 108, 116, 329, 337] { expected.replaceSubrange(field..<field + 8, with: bytes("000000 \0")) }
        expected.replaceSubrange(100..<108, with: bytes("000644 \0"))
        expected.replaceSubrange(124..<148, with: bytes("00000000005 00000000000 "))
        let sum = (expected[..<148] + bytes("        ") + expected[156..<512]).reduce(0) { $0 + Int($1) }
        let digits = bytes(String(sum, radix: 8))
        let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 6 - digits.count)
        expected.replaceSubrange(148..<156, with: zeros + digits + [0, 32])
        #expect(written == expected)
    }

    @Test("the archive ends with two blocks of zeros and no padding to a record")
    func end() throws {
        #expect(try archive([]) == [UInt8](repeating: 0, count: 1024))
        #expect(try archive([(.file("a", size: 1), [1])]).count == 512 + 512 + 1024)
    }

    @Test("an entry that ustar can hold has no pax header")
    func plain() throws {
        // 249 bytes with a slash where ustar can part them: after 149.
        let long = [[UInt8]](repeating: [UInt8](repeating: UInt8(ascii: "p"), count: 49), count: 5)
        let entries: [TarEntry] = [
            .directory("d"), .symlink("l", to: "../x"), .file(Array(long.joined(separator: [47]))),
            .file("future", modified: 1 << 32),
        ]
        #expect(try archive(entries.map { ($0, []) }).count == 512 * entries.count + 1024)
    }

    @Test("an entry that ustar can't hold has one pax header, hdrcharset first")
    func extended() throws {
        let entries: [TarEntry] = [
            .file("ä"), .file([UInt8](repeating: 97, count: 101)), .file("old", modified: -1),
            .file("late", modified: 1 << 33), .symlink("l", to: String(repeating: "t", count: 101)),
            .symlink("m", to: "ö"),
        ]
        for entry in entries {
            let written = try archive([(entry, [])])
            #expect(written.count == 512 * 3 + 1024)
            #expect(written[156] == UInt8(ascii: "x"))
            #expect(written[512...].starts(with: bytes("21 hdrcharset=BINARY\n")))
            #expect(try read(written).map(\.0) == [entry])
        }
    }

    @Test("plain and extended entries take turns in the order they were given")
    func order() throws {
        let entries = (0..<40).map { TarEntry.file($0.isMultiple(of: 3) ? "ä\($0)" : "a\($0)", size: 700) }
        let written = try archive(entries.enumerated().map { ($1, [UInt8](repeating: UInt8($0), count: 700)) })
        let found = try read(written)
        #expect(found.map(\.0) == entries)
        #expect(found.enumerated().allSatisfy { $1.1 == [UInt8](repeating: UInt8($0), count: 700) })
    }
}
