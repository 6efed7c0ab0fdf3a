package import ContentAddressing
package import JSONText

extension LaunchRecord {
    /// What ran the command.
    package enum Runtime: Sendable, Hashable {
        /// `platform` is gVisor's own; nil where the host's kernel runs the command.
        case launcher(name: String, version: String, path: String, digest: Digest, platform: String?)
        /// No launcher: the release of the kernel (uname(2)), and the command's own file, nil when it was not found.
        ///
        /// For a script it is the interpreter's file, which is what the kernel executes.
        case direct(kernel: String, path: String?)

        package init(_ launcher: LauncherFacts, platform: String? = nil) {
            self = .launcher(
                name: launcher.name,
                version: launcher.version,
                path: launcher.path,
                digest: launcher.digest,
                platform: platform
            )
        }

        package var json: JSONValue {
            switch self {
            case .launcher(let name, let version, let path, let digest, let platform):
                [
                    "name": .string(name),
                    "version": .string(version),
                    "path": .string(path),
                    "digest": .string(digest.description),
                    "platform": .string(platform ?? Self.platform),
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
