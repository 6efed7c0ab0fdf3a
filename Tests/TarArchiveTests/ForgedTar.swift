/// Tar blocks made by hand, for what no writer of ours would write.
struct ForgedTar {
    private(set) var bytes: [UInt8] = []

    /// Adds a header and its body, padded.
    mutating func add(
        _ name: [UInt8],
        type: Character = "0",
        body: [UInt8] = [],
        size: Int? = nil,
        link: String = "",
        magic: String = "ustar\u{0}00"
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: [UInt8], at offset: Int) { header.replaceSubrange(offset..<offset + text.count, with: text) }
        func octal(_ value: Int, _ width: Int) -> [UInt8] {
            let digits = Array(String(value, radix: 8).utf8)
            return [UInt8](repeating: UInt8(ascii: "0"), count: width - digits.count) + digits
        }
        put(name, at: 0)
        put(octal(0o644, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(size ?? body.count, 11), at: 124)
        put(octal(0, 11), at: 136)
        put(Array("        ".utf8), at: 148)
        put(Array(String(type).utf8), at: 156)
        put(Array(link.utf8), at: 157)
        put(Array(magic.utf8), at: 257)
        put(octal(0, 7), at: 329)
        put(octal(0, 7), at: 337)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + [0], at: 148)
        bytes += header + body + [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
    }

    /// Adds a pax header of these records.
    mutating func addPax(_ records: [(String, [UInt8])], type: Character = "x") {
        add(Array("PaxHeader".utf8), type: type, body: records.flatMap { Self.record($0.0, $0.1) })
    }

    /// The archive with its end.
    var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value + [10]
        var length = rest.count
        while String(length).utf8.count + rest.count != length { length += 1 }
        return Array(String(length).utf8) + rest
    }
}
