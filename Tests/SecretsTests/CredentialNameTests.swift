import Secrets
import Testing

@Suite("Names of credentials")
struct CredentialNameTests {
    @Test(
        "A name that looks like a credential is known",
        arguments: [
            "GITHUB_TOKEN", "GITHUB_TOKEN2", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "MY_PASSWORD", "PGPASSWORD",
            "API_KEY", "db_password", "SSH-PASSPHRASE", "MYSQL_PWD", "GH_PAT", "SSHPASS", "OPENAI_API_KEY",
            "SIGNING_KEY",
            "GOOGLE_APPLICATION_CREDENTIALS", "npm_config__auth", "APIKEY", "STRIPE_SECRET", "WIFI_PSK",
        ]
    )
    func known(name: String) { #expect(CredentialName.looksSecret(name)) }

    @Test(
        "An ordinary name is none",
        arguments: [
            "PATH", "HOME", "PWD", "OLDPWD", "MONKEY", "KEYBOARD", "KEY", "LANG", "LC_ALL", "SSH_AUTH_SOCK", "COMPASS",
            "XAUTHORITY", "KEYMAP_FILE", "TOKENIZERS_PARALLELISM", "BYPASS", "PATTERN", "TERM", "",
        ]
    )
    func ordinary(name: String) { #expect(!CredentialName.looksSecret(name), "\(name)") }
}
