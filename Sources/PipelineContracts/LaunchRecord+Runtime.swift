package import ContentAddressing
package import JSONText

extension LaunchRecord {
    /// What ran the command.
    package enum Runtime: Sendable, Hashable {
        case launcher(name: String, version: String, path: String, digest: Digest)
        /// No launcher: the release of the kernel (uname(2)), and the command's own file, nil when it was not found.
        ///
        /// For a script it is the interpreter's file, which is what the kernel executes.
        case direct(kernel: String, path: String?)

        package init(_ launcher: LauncherFacts) {
            self = .launcher(
                name: launcher.name,
                version: launcher.version,
                path: launcher.path,
                digest: launcher.digest
            )
        }

        package var json: JSONValue {
            switch self {
            case .launcher(let name, let version, let path, let digest):
                [
                    "name": .string(name),
                    "version": .string(version),
                    "path": .string(path),
                    "digest": .string(digest.description),
                    "platform": .string(Self.platform),
                ]
            case .direct(let kernel, let path):
                .members([
                    "name": "direct",
                    "version": .string(kernel),
                    "path": path.map(JSONValue.string),
                    "platform": .string(Self.platform),
                ])
            }
        }

        #if os(macOS)
        private static let platform = "darwin"
        #else
        private static let platform = "linux"
        #endif
    }
}
