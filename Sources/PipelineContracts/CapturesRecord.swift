package import ContentAddressing
package import JSONText

/// `captures.json` (`sbxpipe.captures/v1`): what the command wrote and left.
package struct CapturesRecord: Sendable, Hashable {
    /// A piece of a stream that was kept.
    package struct Piece: Sendable, Hashable {
        package let offset: Int64
        package let bytes: Int64
        package let digest: Digest

        package init(offset: Int64, bytes: Int64, digest: Digest) {
            self.offset = offset
            self.bytes = bytes
            self.digest = digest
        }
    }

    /// One stream: digest and size of all of it, and what was kept.
    package struct Stream: Sendable, Hashable {
        package let digest: Digest
        package let bytes: Int64
        package let kept: [Piece]
        /// Descriptor of the file that holds the kept pieces one after the other.
        package let file: Descriptor

        package init(digest: Digest, bytes: Int64, kept: [Piece], file: Descriptor) {
            self.digest = digest
            self.bytes = bytes
            self.kept = kept
            self.file = file
        }

        package var isTruncated: Bool { kept.count > 1 }
    }

    /// By name: `stdout` and `stderr`, or `combined`.
    package let streams: [String: Stream]
    package let frames: Descriptor?
    package let outputs: [OutputRecord]
    /// What was found of the launch's secrets, by their names.
    package let secrets: [SecretFinding]

    package init(
        streams: [String: Stream],
        frames: Descriptor?,
        outputs: [OutputRecord],
        secrets: [SecretFinding] = []
    ) {
        self.streams = streams
        self.frames = frames
        self.outputs = outputs
        self.secrets = secrets
    }

    package var json: JSONValue {
        var members: [String: JSONValue?] = [
            "schema": "sbxpipe.captures/v1",
            "frames": frames.map { .string($0.digest.description) },
            "outputs": .array(outputs.map(\.json)),
            "secrets": secrets.isEmpty ? nil : .array(secrets.map(\.json)),
        ]
        for (name, stream) in streams {
            members[name] = [
                "digest": .string(stream.digest.description),
                "bytes": .integer(stream.bytes),
                "truncated": .bool(stream.isTruncated),
                "kept": .array(
                    stream.kept.map { piece in
                        [
                            "offset": .integer(piece.offset),
                            "bytes": .integer(piece.bytes),
                            "digest": .string(piece.digest.description),
                        ]
                    }
                ),
            ]
        }
        return .members(members)
    }
}

/// One declared output: its path, whether something was there, its files.
package struct OutputRecord: Sendable, Hashable {
    package struct File: Sendable, Hashable {
        /// Inside, absolute; bytes that are not UTF-8 as U+FFFD here, exact in the tar.
        package let path: String
        /// `file`, `folder`, `symlink`; `socket`, `fifo`, `blockDevice`, `characterDevice` are noted and not read.
        package let kind: String
        /// Permission bits.
        package let mode: UInt32
        package let size: Int64
        package let digest: Digest?
        package let target: String?
        /// Why a file's content, or what a folder holds, could not be read.
        package let unread: String?

        package init(
            path: String,
            kind: String,
            mode: UInt32,
            size: Int64,
            digest: Digest?,
            target: String?,
            unread: String? = nil
        ) {
            self.path = path
            self.kind = kind
            self.mode = mode
            self.size = size
            self.digest = digest
            self.target = target
            self.unread = unread
        }

        package var json: JSONValue {
            .members([
                "path": .string(path),
                "kind": .string(kind),
                "mode": .string("0" + String(mode, radix: 8)),
                "size": .integer(size),
                "digest": digest.map { .string($0.description) },
                "target": target.map(JSONValue.string),
                "unread": unread.map(JSONValue.string),
            ])
        }
    }

    package let path: String
    package let required: Bool
    package let files: [File]

    package init(path: String, required: Bool, files: [File]) {
        self.path = path
        self.required = required
        self.files = files
    }

    package var isMissing: Bool { files.isEmpty }

    /// Those of which something could not be read.
    package var unread: [File] { files.filter { $0.unread != nil } }

    package var json: JSONValue {
        [
            "path": .string(path), "required": .bool(required), "missing": .bool(isMissing),
            "files": .array(files.map(\.json)),
        ]
    }
}
