/// Variables whose names tell of credentials.
///
/// A name counts by its words, which underscores, hyphens and dots divide, in any case and without digits at their ends.
package enum CredentialName {
    /// What a word ends with that counts wherever it stands: `GITHUB_TOKEN`, `PGPASSWORD`, `SECRET_ID`.
    package static let anywhere = [
        "TOKEN", "TOKENS", "SECRET", "SECRETS", "PASSWORD", "PASSWORDS", "PASSWD", "PASSPHRASE", "APIKEY", "SECRETKEY",
        "ACCESSKEY", "PRIVATEKEY", "CREDENTIAL", "CREDENTIALS", "SSHPASS",
    ]
    /// Words that count wherever they stand.
    package static let words = ["PASS", "CREDS", "JWT", "BEARER"]
    /// Words that count as the last one of several: `SIGNING_KEY`, `MYSQL_PWD`, `GH_PAT`.
    package static let last = ["KEY", "KEYS", "PWD", "PAT", "PSK", "AUTH"]
    /// Words that make a `KEY` behind them count though more follows: `AWS_ACCESS_KEY_ID`.
    package static let beforeKey = ["API", "ACCESS", "PRIVATE", "SECRET", "SIGNING", "ENCRYPTION", "ACCOUNT"]

    /// Whether a variable of that name is taken for a secret.
    package static func looksSecret(_ name: String) -> Bool {
        let upper = name.utf8.map { $0 >= 0x61 && $0 <= 0x7A ? $0 - 0x20 : $0 }
        let parts = upper.split { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
            .map { part in
                part.prefix((part.lastIndex { $0 < 0x30 || $0 > 0x39 } ?? part.startIndex - 1) + 1 - part.startIndex)
            }
        for (index, part) in parts.enumerated() {
            if anywhere.contains(where: { part.suffix($0.utf8.count).elementsEqual($0.utf8) }) { return true }
            if words.contains(where: { part.elementsEqual($0.utf8) }) { return true }
            guard index > 0 else { continue }
            if index == parts.count - 1, last.contains(where: { part.elementsEqual($0.utf8) }) { return true }
            if part.elementsEqual("KEY".utf8), beforeKey.contains(where: { parts[index - 1].elementsEqual($0.utf8) }) {
                return true
            }
        }
        return false
    }
}
