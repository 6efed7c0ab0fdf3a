import JSONText
import SandboxSpec

extension ControlAnswers {
    /// Secrets that the spec declares; `how` is how a launcher gets their values.
    mutating func addSecrets(_ spec: Spec, _ how: String) {
        guard !spec.secrets.isEmpty else { return }
        enforce(.secrets, .strings(spec.secrets.keys.sorted()), how)
    }
}
