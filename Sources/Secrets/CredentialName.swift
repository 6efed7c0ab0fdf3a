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
        let parts = name.uppercased().split(whereSeparator: { "_-.".contains($0) }).map { part in
            let word = String(part)
            return String(word.reversed().drop { $0.isASCII && $0.isNumber }.reversed())
        }
        if parts.contains(where: { part in words.contains(part) || anywhere.contains { part.hasSuffix($0) } }) {
            return true
        }
        if parts.count > 1, let final = parts.last, last.contains(final) { return true }
        return zip(parts, parts.dropFirst()).contains { beforeKey.contains($0) && $1 == "KEY" }
    }
}
