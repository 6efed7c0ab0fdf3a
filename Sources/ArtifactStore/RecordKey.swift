import ContentAddressing
import JSONText

/// The machine's key, as records are signed with it: a line of canonical JSON, and a line with its HMAC.
///
/// The HMAC covers the record's own path too, so that a record can't be put in another's place.
struct RecordKey: Sendable {
    private let key: KeyedDigest

    init(_ key: KeyedDigest) { self.key = key }

    /// `relative` is the record's path below `cache/`.
    func signed(_ record: JSONValue, at relative: String) -> [UInt8] {
        let line = record.canonical()
        let code = key.code(for: line, after: Self.head(relative))
        return line + Array("\n{\"hmac\":\"\(code)\"}\n".utf8)
    }

    /// The record, and whether it was signed with this key for this place, to the byte; nil when it is no JSON.
    func opened(_ bytes: [UInt8], at relative: String) -> (value: JSONValue, isTrusted: Bool)? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = Array(bytes[..<end])
        guard let value = try? JSONParser.parse(line) else { return nil }
        return (value, isTrusted: isGood(bytes[(end + 1)...], line, at: relative))
    }

    /// The HMAC of bytes that are no record: of a file of the store, or for a purpose that is no path of one.
    func code(for bytes: [UInt8], at relative: String) -> String {
        key.code(for: bytes, after: Self.head(relative))
    }

    func isValid(_ code: String, for bytes: [UInt8], at relative: String) -> Bool {
        key.isValid(code, for: bytes, after: Self.head(relative))
    }

    private static let opening = Array("{\"hmac\":\"".utf8)
    private static let closing = Array("\"}\n".utf8)

    private func isGood(_ tail: ArraySlice<UInt8>, _ line: [UInt8], at relative: String) -> Bool {
        guard tail.count == 76, tail.starts(with: Self.opening), tail.suffix(3).elementsEqual(Self.closing) else {
            return false
        }
        let code = String(decoding: tail.dropFirst(9).prefix(64), as: UTF8.self)
        return key.isValid(code, for: line, after: Self.head(relative))
    }

    /// What comes ahead of the bytes that are signed.
    private static func head(_ relative: String) -> [UInt8] { Array(relative.utf8) + [0] }
}
