extension TarError {
    /// Bytes as printable ASCII: `"`, `\` and every other byte as `\xHH`, so that no two paths read alike and no path
    /// can drive a terminal.
    package static func escaped(_ bytes: [UInt8]) -> String {
        printable(bytes) { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    /// A message of libarchive, which may quote a path as it stands.
    static func printable(_ bytes: [UInt8], where isPlain: (UInt8) -> Bool = { _ in true }) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes {
            if (0x20..<0x7F).contains(byte), isPlain(byte) {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
