import JSONText

/// What an image's config says for who runs it, and a spec can say otherwise (OCI image specification, config.md).
package struct ImageDefaults: Sendable, Hashable {
    /// Entry point and arguments.
    package var command: [String] = []
    package var workdir: String?
    /// As the config has it: a name or number, and perhaps a group behind a colon.
    package var user: String?
    /// `NAME=VALUE`.
    package var environment: [String] = []

    package init() {}

    init(_ config: JSONValue?) throws(RootFilesystemError) {
        func strings(_ key: String) throws(RootFilesystemError) -> [String] {
            guard let value = config?[key], !value.isNull else { return [] }
            guard let items = value.arrayValue else {
                throw RootFilesystemError("the image's config: \(key) is no list")
            }
            var texts: [String] = []
            for item in items {
                guard let text = item.stringValue, !text.utf8.contains(0) else {
                    throw RootFilesystemError("the image's config: \(key) holds what is no text")
                }
                texts.append(text)
            }
            return texts
        }
        func text(_ key: String) -> String? { config?[key]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
        command = try strings("Entrypoint") + strings("Cmd")
        environment = try strings("Env")
        workdir = text("WorkingDir")
        user = text("User")
        guard workdir?.hasPrefix("/") ?? true else {
            throw RootFilesystemError("the image's config: WorkingDir is no absolute path")
        }
        guard environment.allSatisfy({ $0.utf8.first != 0x3D && $0.utf8.contains(0x3D) }) else {
            throw RootFilesystemError("the image's config: Env holds what is no NAME=VALUE")
        }
    }
}
