import HostFiles
import JSONText
import TestSupport

/// A random secret, and how it may be spelt where it should not be.
struct SecretLab {
    /// 32 bytes of printable ASCII that URL and JSON write otherwise.
    let value: String

    init() {
        let random = HostSystem.randomBytes(28).map { 0x21 + $0 % 94 }
        value = String(decoding: random, as: UTF8.self) + "\"\\ %"
    }

    /// Plain, JSON, URL, hex in both cases, and base64 at each of its three positions in other text.
    var spellings: [String] {
        let bytes = Array(value.utf8)
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let url = bytes.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain || "-._~".utf8.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        let json = String(JSONValue.string(value).canonicalText.dropFirst().dropLast())
        // What a group of three holds of other bytes is left out.
        let base64 = [0, 1, 2].map { offset in
            let text = Self.base64([UInt8](repeating: 0x78, count: offset) + bytes)
            return String(text.dropFirst(offset == 0 ? 0 : 4).prefix(36))
        }
        return [value, json, url.joined(), hex, hex.uppercased()] + base64
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = (0..<3).reduce(0) { $0 << 8 | (start + $1 < bytes.count ? Int(bytes[start + $1]) : 0) }
            for place in 0..<4 {
                text.append(start + place > bytes.count ? "=" : signs[group >> (18 - 6 * place) & 63])
            }
        }
        return text
    }

    /// What scripts find: the secret as `$TOK`, and its spellings.
    var variables: [String: String] { ["TOK": value, "SPELLINGS": spellings.joined(separator: "\n")] }

    /// Words for bash: `nowhere FILES...` tells each file that has the secret in some spelling.
    static let prelude = """
        nowhere() {
            local found=$(printf '%s\\n' "$SPELLINGS" | grep -rlaF -f - "$@")
            [[ -z $found ]] || problem "the secret is in $found"
        }

        """
}
