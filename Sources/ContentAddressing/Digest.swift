internal import Crypto

/// A SHA-256 digest; its one textual form is `sha256:` and 64 lower-case hex digits, as OCI image-spec has it.
public struct Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The 64 hex digits, in lower case.
    public let hex: String

    /// Takes 64 lower-case hex digits; nil for anything else.
    package init?(hex: some StringProtocol) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(Self.isHexDigit) else { return nil }
        self.hex = String(hex)
    }

    /// Parses the textual form; nil for anything else.
    ///
    /// - Parameter text: `sha256:` and 64 hex digits in lower case.
    public init?(_ text: String) {
        guard text.hasPrefix("sha256:") else { return nil }
        self.init(hex: text.dropFirst(7))
    }

    init(finished digest: SHA256.Digest) { hex = digest.withUnsafeBytes { Self.hexText(Array($0)) } }

    /// Digest of bytes.
    package static func of(_ bytes: [UInt8]) -> Digest { Digest(finished: SHA256.hash(data: bytes)) }

    /// The textual form, `sha256:` and the hex digits.
    public var description: String { "sha256:" + hex }

    /// The first eight digits, for folder names and tables.
    package var short: String { String(hex.prefix(8)) }

    /// The order of the hex digits.
    public static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }

    /// Whether a byte is a lower-case hex digit.
    package static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// Lower-case hex of bytes.
    package static func hexText(_ bytes: [UInt8]) -> String {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
