internal import Crypto

/// HMAC-SHA-256 (RFC 2104) under a secret key: a digest that only who has the key can make or check.
package struct KeyedDigest: Sendable {
    /// Has taken in the key: each message starts from a copy.
    private let keyed: HMAC<SHA256>

    package init(key: [UInt8]) { keyed = HMAC(key: SymmetricKey(data: key)) }

    /// 64 hex digits; `head` is taken as what comes ahead of the message.
    package func code(for message: [UInt8], after head: [UInt8] = []) -> String {
        var hash = keyed
        if !head.isEmpty { hash.update(data: head) }
        hash.update(data: message)
        return hash.finalize().withUnsafeBytes { Digest.hexText(Array($0)) }
    }

    /// Compares in constant time.
    package func isValid(_ code: String, for message: [UInt8], after head: [UInt8] = []) -> Bool {
        let bytes = Array(code.utf8)
        guard bytes.count == 64 else { return false }
        var difference: UInt8 = 0
        for (index, byte) in self.code(for: message, after: head).utf8.enumerated() {
            difference |= byte ^ bytes[index]
        }
        return difference == 0
    }
}
