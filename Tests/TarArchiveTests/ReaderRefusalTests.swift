import TarArchive
import Testing

@Suite("What the reader refuses")
struct ReaderRefusalTests {
    private func forged(_ fill: (inout ForgedTar) -> Void) -> [UInt8] {
        var tar = ForgedTar()
        fill(&tar)
        return tar.finished
    }

    @Test("every type but file, directory and symlink, naming the entry", arguments: Array("134678ADMNSZ"))
    func kinds(type: Character) {
        for magic in ["ustar\u{0}00", "ustar  \u{0}"] {
            let tar = forged { $0.add(bytes("odd\u{1B}"), type: type, link: "target", magic: magic) }
            let refused = refusal(tar)
            #expect(refused?.code == (type == "A" ? .damaged : .unsupportedKind))
            if type != "A" { #expect(refused?.path == "odd\\x1b") }
        }
    }

    @Test("a hard link; a pax linkpath makes none of a file")
    func hardLinks() throws {
        let byType = forged {
            $0.add(bytes("a"), body: [1])
            $0.add(bytes("b"), type: "1", link: "a")
        }
        #expect(refusal(byType).map { $0 == (.unsupportedKind, "b") } == true)
        let byRecord = forged {
            $0.addPax([("linkpath", bytes("/etc/passwd"))])
            $0.add(bytes("b"))
        }
        #expect(try read(byRecord).map(\.0.kind) == [.file])
    }

    @Test("a path that could leave the folder", arguments: ["/a", "..", "a/../../b", "./a", "a//b", "a/./b", "a/.."])
    func unsafePaths(path: String) {
        #expect(refusal(forged { $0.add(bytes(path)) }).map { $0 == (.unsafePath, path) } == true)
        let extended = forged {
            $0.addPax([("path", bytes(path))])
            $0.add(bytes("harmless"))
        }
        #expect(refusal(extended)?.code == .unsafePath)
        #expect(refusal(forged { $0.add(bytes(path), type: "5") })?.code == .unsafePath)
    }

    @Test("a path for the second time, also as a directory, and what lies below a symlink")
    func duplicates() {
        let twice = forged {
            $0.add(bytes("a"))
            $0.add(bytes("b"))
            $0.add(bytes("a"))
        }
        #expect(refusal(twice).map { $0 == (.duplicate, "a") } == true)
        let kinds = forged {
            $0.add(bytes("a"))
            $0.add(bytes("a/"), type: "5")
        }
        #expect(refusal(kinds)?.code == .duplicate)
        let below = forged {
            $0.add(bytes("a"), type: "2", link: "/etc")
            $0.add(bytes("a/passwd"))
        }
        #expect(refusal(below).map { $0 == (.duplicate, "a/passwd") } == true)
    }

    @Test("a file that ends in a slash but has a body, a directory with one")
    func disguised() {
        #expect(refusal(forged { $0.add(bytes("a/"), body: [1]) }) != nil)
        let folder = forged {
            $0.addPax([("size", bytes("512"))])
            $0.add(bytes("d"), type: "5", body: [UInt8](repeating: 1, count: 512))
        }
        #expect(refusal(folder) != nil)
    }

    @Test("a header older than POSIX, and a sparse file without holes")
    func foreignHeaders() {
        let old = forged { $0.add(bytes("a"), magic: "") }
        #expect(refusal(old).map { $0 == (.unsupportedKind, "a") } == true)
        let sparse = forged {
            $0.addPax([
                ("GNU.sparse.major", bytes("1")), ("GNU.sparse.minor", bytes("0")),
                ("GNU.sparse.name", bytes("a")), ("GNU.sparse.realsize", bytes("3")),
            ])
            $0.add(bytes("b"), body: bytes("1\n0\n3\n") + [UInt8](repeating: 0, count: 506) + bytes("abc"))
        }
        #expect(refusal(sparse).map { $0 == (.unsupportedKind, "a") } == true)
    }

    @Test("a size that is not that of the body, also when nobody reads it")
    func falseSize() throws {
        let tar = forged {
            $0.addPax([("SCHILY.realsize", bytes("600"))])
            $0.add(bytes("a"), body: bytes("abc"))
            $0.add(bytes("b"))
        }
        #expect(refusal(tar).map { $0 == (.damaged, "a") } == true)
        var reader = try TarReader(bytes: tar)
        _ = try reader.next()
        do {
            _ = try reader.next()
            Issue.record("not refused")
        } catch {
            #expect(error.code == .damaged)
            #expect(error.path == "a")
        }
    }

    @Test("a symlink without a target")
    func emptyLink() { #expect(refusal(forged { $0.add(bytes("l"), type: "2") })?.code == .damaged) }

    @Test("a pax path that is not ASCII and not declared as bytes, in every locale")
    func undeclared() {
        let tar = forged {
            $0.addPax([("path", bytes("ä"))])
            $0.add(bytes("a"))
        }
        #expect(inLocale("C") { refusal(tar)?.code } == .damaged)
        if let inUTF8 = inLocale("C.UTF-8", { refusal(tar)?.code }) { #expect(inUTF8 == .damaged) }
    }

    @Test("malformed pax records, and more special headers than anyone needs")
    func pax() {
        let malformed = forged {
            $0.add(bytes("PaxHeader"), type: "x", body: bytes("99 path=x\n"))
            $0.add(bytes("a"))
        }
        #expect(refusal(malformed)?.code == .damaged)
        let many = forged {
            for _ in 0..<100 { $0.addPax([("comment", bytes("x"))], type: "g") }
            $0.add(bytes("a"))
        }
        #expect(refusal(many)?.code == .damaged)
    }

    @Test("an archive cut off at any byte")
    func truncated() throws {
        let whole = try archive([(.directory("d"), []), (.file("ä", size: 600), [UInt8](repeating: 7, count: 600))])
        for count in 0..<whole.count {
            let refused = refusal(Array(whole[..<count]))
            #expect(refused?.code == .damaged || refused?.code == .missingEnd, "at \(count)")
        }
    }

    @Test("an archive cut off within a body that nobody reads")
    func truncatedSkipped() throws {
        let whole = try archive([(.file("a", size: 100_000), [UInt8](repeating: 7, count: 100_000))])
        var reader = try TarReader(bytes: Array(whole[..<50_000]))
        #expect(try reader.next() != nil)
        #expect(throws: TarError.self) { _ = try reader.next() }
    }

    @Test("anything but zeros after the end, near or far")
    func trailing() throws {
        let whole = try archive([(.file("a", size: 1), [1])])
        for gap in [0, 1, 511, 512, 200_000] {
            #expect(refusal(whole + [UInt8](repeating: 0, count: gap) + [1])?.code == .trailingBytes)
        }
        #expect(refusal(whole + whole)?.code == .trailingBytes)
        #expect(try read(whole + [UInt8](repeating: 0, count: 200_000)).count == 1)
    }

    @Test("a flipped bit is refused or changes what is read, and never traps")
    func flipped() throws {
        let whole = try archive([(.file("ä", size: 3), bytes("abc")), (.symlink("l", to: "x"), [])])
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 1 << (index % 8)
            _ = refusal(damaged)
        }
    }

    @Test("more than the limits, each by itself")
    func limits() throws {
        let body = [UInt8](repeating: 1, count: 2000)
        let whole = try archive([
            (.file("abc", size: 2000), body), (.symlink("l", to: "12345678"), []), (.directory("d"), []),
        ])
        let total = Int64(whole.count)
        let exact = TarLimits(entries: 3, pathBytes: 8, entryBytes: 2000, totalBytes: total, memoryBytes: 2000)
        #expect(refusal(whole, limits: exact) == nil)
        let changes: [(inout TarLimits) -> Void] = [
            { $0.entries -= 1 }, { $0.pathBytes -= 1 }, { $0.entryBytes -= 1 }, { $0.totalBytes -= 1 },
            { $0.memoryBytes -= 1 },
        ]
        for change in changes {
            var tight = exact
            change(&tight)
            #expect(refusal(whole, limits: tight)?.code == .overLimit)
        }
    }

    @Test("a claim of a huge body allocates nothing before the bytes are there")
    func claims() {
        let tar = forged { $0.add(bytes("a"), size: 1 << 32) }
        #expect(refusal(tar, limits: TarLimits(memoryBytes: .max))?.code == .damaged)
        let overflow = forged {
            $0.addPax([("size", bytes("9223372036854775806"))])
            $0.add(bytes("a"))
        }
        #expect(refusal(overflow)?.code == .overLimit)
        #expect(refusal(overflow, limits: TarLimits(entryBytes: .max, memoryBytes: .max)) != nil)
    }
}
