import JSONText
import TarArchive

/// One entry of a tar that is put together byte by byte, as hostile as one likes.
struct RawEntry {
    var name: [UInt8]
    /// POSIX typeflag: `0` a file, `1` a hard link, `2` a symlink, `3` and `4` devices, `5` a folder, `6` a FIFO.
    var flag: UInt8 = UInt8(ascii: "0")
    var link: String = ""
    var body: [UInt8] = []
    /// What the header says; nil for the body's own.
    var claimedSize: Int?

    init(_ name: String, _ body: [UInt8] = [], flag: Character = "0", link: String = "") {
        self.name = Array(name.utf8)
        self.body = body
        self.flag = flag.asciiValue ?? 0x30
        self.link = link
    }

    var header: [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], _ offset: Int) { block.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
        func octal(_ number: Int, _ width: Int) -> [UInt8] {
            let digits = String(number, radix: 8)
            return Array((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8)
        }
        put(Array(name.prefix(100)), 0)
        put(octal(0o644, 7), 100)
        put(octal(0, 7), 108)
        put(octal(0, 7), 116)
        put(octal(claimedSize ?? body.count, 11), 124)
        put(octal(0, 11), 136)
        put(Array("        ".utf8), 148)
        block[156] = flag
        put(Array(link.utf8.prefix(100)), 157)
        put(Array("ustar\u{0}00".utf8), 257)
        put(octal(block.reduce(0) { $0 + Int($1) }, 6) + [0, 0x20], 148)
        return block
    }

    /// A whole tar.
    static func tar(_ entries: [RawEntry]) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += entry.header + entry.body
            bytes += [UInt8](repeating: 0, count: (512 - entry.body.count % 512) % 512)
        }
        return bytes + [UInt8](repeating: 0, count: 1024)
    }

    /// The entries of a good tar.
    static func read(_ bytes: [UInt8]) throws -> [RawEntry] {
        var tar = try TarReader(bytes: bytes)
        var entries: [RawEntry] = []
        while let entry = try tar.next() {
            var raw = RawEntry("", try tar.readBody(), flag: entry.kind == .directory ? "5" : "0")
            raw.name = entry.path + (entry.kind == .directory ? [UInt8(ascii: "/")] : [])
            entries.append(raw)
        }
        return entries
    }
}
