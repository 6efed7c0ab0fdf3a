extension Store {
    /// HMAC-SHA-256 of bytes under the machine's key, 64 hex digits: who has not the key can't guess the bytes by it.
    ///
    /// Equal bytes by different names have different codes.
    package func keyedCode(for bytes: [UInt8], named name: String) -> String {
        keys.code(for: bytes, at: "value/" + name)
    }
}
