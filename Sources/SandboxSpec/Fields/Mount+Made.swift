import JSONText

extension Spec.Mount {
    /// An empty file system in memory.
    package struct Tmpfs: Sendable, Hashable {
        /// The mode of a folder that anyone may write and only owners may delete from.
        package static let defaultMode: UInt32 = 0o1777

        /// Inside: absolute, or with `~`.
        package var destination: String
        /// Nil leaves it to the kernel, half of the memory (tmpfs(5)).
        package var size: ByteSize?
        /// Nil stands for `defaultMode`.
        package var mode: FileMode?

        /// By default neither size nor mode is said.
        package init(destination: String, size: ByteSize? = nil, mode: FileMode? = nil) {
            self.destination = destination
            self.size = size
            self.mode = mode
        }

        init?(_ json: JSONValue) {
            guard let destination = json["tmpfs"]?.stringValue else { return nil }
            self.init(
                destination: destination,
                size: json["size"].flatMap { ByteSize($0) },
                mode: (json["perm"]?.stringValue).flatMap { FileMode($0) }
            )
        }

        var json: JSONValue {
            .object(
                JSONValue.said([
                    "tmpfs": .string(destination), "size": size?.json, "perm": mode.map { .string($0.text) },
                ])
            )
        }
    }

    /// A file whose text stands in the spec.
    package struct TextFile: Sendable, Hashable {
        /// The mode of a file that its owner may write and all may read.
        package static let defaultMode: UInt32 = 0o644

        /// The content, in UTF-8.
        package var text: String
        /// Inside: absolute, or with `~`.
        package var destination: String
        /// Nil stands for `defaultMode`.
        package var mode: FileMode?

        /// By default the mode is not said.
        package init(text: String, destination: String, mode: FileMode? = nil) {
            self.text = text
            self.destination = destination
            self.mode = mode
        }

        init?(_ json: JSONValue) {
            guard let text = json["text"]?.stringValue, let destination = json["at"]?.stringValue else { return nil }
            self.init(
                text: text,
                destination: destination,
                mode: (json["perm"]?.stringValue).flatMap { FileMode($0) }
            )
        }

        var json: JSONValue {
            .object(
                JSONValue.said([
                    "text": .string(text), "at": .string(destination), "perm": mode.map { .string($0.text) },
                ])
            )
        }
    }
}
