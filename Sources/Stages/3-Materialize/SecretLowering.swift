import PipelineContracts
import SandboxSpec

/// A spec's secrets, and the variables that are some by their names: what travels of them, and where this host has them.
struct SecretLowering {
    /// By name.
    let descriptions: [SecretDescription]
    let bindings: [SecretBinding]

    /// `inputs` has the paths of files, and the variables that are secrets by their names.
    init(_ spec: Spec, _ inputs: InputFacts) {
        guard !spec.secrets.isEmpty || !inputs.secretVariables.isEmpty else {
            (descriptions, bindings) = ([], [])
            return
        }
        var found: [(description: SecretDescription, binding: SecretBinding)] = inputs.secretVariables.map { name in
            (
                SecretDescription(name: name, at: nil, key: .hmac),
                SecretBinding(name: name, field: SecretBinding.inherited, source: .variable(name))
            )
        }
        for (name, secret) in spec.secrets {
            let field = Spec.Secret.field(of: name)
            let key = SecretDescription.KeyRule(rawValue: (secret.keyRule ?? .hmac).rawValue) ?? .hmac
            let source: SecretBinding.Source
            let id: String
            switch secret.source {
            case .variable(let variable): (source, id) = (.variable(variable), "env:" + variable)
            case .file(let path): (source, id) = (.file(inputs.source(field)?.path ?? path), "file:" + path)
            }
            found.append(
                (
                    SecretDescription(name: name, at: secret.destination, key: key, id: key == .id ? id : nil),
                    SecretBinding(name: name, field: field, source: source)
                )
            )
        }
        found.sort { $0.binding.name.utf8.lexicographicallyPrecedes($1.binding.name.utf8) }
        descriptions = found.map(\.description)
        bindings = found.map(\.binding)
    }
}
