package import ArtifactStore
package import JSONText
package import PipelineContracts
package import Secrets

extension PlanArchive {
    /// Reads the values of the plan's secrets, each in the form that it has inside.
    ///
    /// - Throws: ``SecretProblem`` for a source that is missing; ``LaunchError`` for a plan that names none.
    package func secretValues(_ reader: SecretReader) throws -> SecretValues {
        var values = SecretValues()
        for secret in description.secrets {
            values[secret.name] = try reader.value(of: try binding(of: secret), asFile: secret.at != nil)
        }
        for variable in environment.variables where variable.origin == .secret && values[variable.name] == nil {
            throw LaunchError(
                "the plan's archive is damaged: env.json has a secret \(variable.name), and no other file"
            )
        }
        return values
    }

    /// As ``SecretKey/components(of:read:by:store:)`` of the plan's secrets.
    package func secretKey(_ reader: SecretReader, _ store: Store) throws -> [String: JSONValue] {
        try SecretKey.components(of: description.secrets, read: binding.secrets, by: reader, store: store)
    }

    private func binding(of secret: SecretDescription) throws(LaunchError) -> SecretBinding {
        try SecretKey.binding(of: secret, in: binding.secrets)
    }
}

/// What secrets are in the key of a launch.
package enum SecretKey {
    /// By name, of `hmac` the HMAC of the name and the value under the machine's key, of `id` the source's name; what is to
    /// be ignored is left out.
    ///
    /// - Throws: ``SecretProblem`` for a source of a value that counts and is missing; ``LaunchError`` for one not named.
    package static func components(
        of secrets: [SecretDescription],
        read bindings: [SecretBinding],
        by reader: SecretReader,
        store: Store
    ) throws -> [String: JSONValue] {
        var components: [String: JSONValue] = [:]
        for secret in secrets {
            switch secret.key {
            case .ignore: continue
            case .id: components[secret.name] = .string(secret.id ?? "")
            case .hmac:
                let value = try reader.value(of: try binding(of: secret, in: bindings), asFile: secret.at != nil)
                let code = store.keyedCode(for: value, named: "secret/\(secret.name)")
                components[secret.name] = .string("hmac-sha256:" + code)
            }
        }
        return components
    }

    static func binding(of secret: SecretDescription, in bindings: [SecretBinding]) throws(LaunchError) -> SecretBinding
    {
        guard let binding = bindings.first(where: { $0.name == secret.name }) else {
            throw LaunchError("the plan's archive is damaged: it does not say where secret \(secret.name) is read")
        }
        return binding
    }
}

extension LaunchRequest {
    /// The command's variables with the values of secrets.
    ///
    /// They are UTF-8: what is not is refused when it is read.
    var environment: RenderedEnvironment {
        if secrets.isEmpty { return archive.environment }
        return archive.environment.filled { name in secrets[name].map { String(decoding: $0, as: UTF8.self) } }
    }

    /// Whether a runtime is to be given values in files.
    var needsPrivateFolder: Bool {
        if case .container(let binding) = archive.binding { !binding.secrets.isEmpty } else { false }
    }

    /// The value of a secret that is a file inside.
    func secretFile(_ name: String) throws(LaunchError) -> [UInt8] {
        guard let value = secrets[name] else {
            throw LaunchError("the plan's archive is damaged: a mount shows secret \(name), which it does not have")
        }
        return value
    }
}

extension LaunchRecord {
    /// Puts names in place of values in what the launcher or the system said.
    mutating func redact(_ secrets: SecretValues) {
        guard !secrets.isEmpty, let said = failure else { return }
        failure = Failure(
            domain: said.domain,
            message: secrets.redacted(said.message),
            hint: said.hint.map(secrets.redacted)
        )
    }
}
