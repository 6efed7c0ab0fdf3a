package import ContentAddressing
package import JSONText

/// What resolve found a root of layers to hold.
package struct RootFact: Sendable, Hashable {
    /// The bottom one first.
    package let layers: [Descriptor]
    /// Their digests without compression.
    package let contents: [Digest]
    /// Of an image, as are the others.
    package let manifest: Digest?
    package let config: Digest?
    package let command: [String]
    package let workdir: String?
    /// As the image's config has it.
    package let user: String?
    /// `NAME=VALUE`, as the image's config has them.
    package let environment: [String]

    package init(
        layers: [Descriptor],
        contents: [Digest],
        manifest: Digest? = nil,
        config: Digest? = nil,
        command: [String] = [],
        workdir: String? = nil,
        user: String? = nil,
        environment: [String] = []
    ) {
        self.layers = layers
        self.contents = contents
        self.manifest = manifest
        self.config = config
        self.command = command
        self.workdir = workdir
        self.user = user
        self.environment = environment
    }

    package var json: JSONValue {
        .members([
            "layers": .array(layers.map(\.json)),
            "contents": .strings(contents.map(\.description)),
            "manifest": manifest.map { .string($0.description) },
            "config": config.map { .string($0.description) },
            "command": command.isEmpty ? nil : .strings(command),
            "workdir": workdir.map(JSONValue.string),
            "user": user.map(JSONValue.string),
            "environment": environment.isEmpty ? nil : .strings(environment),
        ])
    }
}
