internal import Crypto

/// HMAC-SHA-256 (RFC 2104) under a secret key: a digest that only who has the key can make or check.
package struct KeyedDigest: Sendable {
    private let key: SymmetricKey

    package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// 64 hex digits.
    package func code(for message: [UInt8]) -> String {
        Digest.hexText(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }

    /// Compares in constant time.
    package func isValid(_ code: some StringProtocol, for message: [UInt8]) -> Bool {
        let expected = HMAC<SHA256>.authenticationCode(for: message, using: key)
        let bytes = Array(code.utf8)
        guard bytes.count == 64 else { return false }
        var difference: UInt8 = 0
        for (index, byte) in Digest.hexText(expected).utf8.enumerated() { difference |= byte ^ bytes[index] }
        return difference == 0
    }
}
