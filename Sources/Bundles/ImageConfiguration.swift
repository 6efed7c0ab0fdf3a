import ContentAddressing
import JSONText

/// The configuration of the image that a bundle is: how podman and others start it.
package struct ImageConfiguration: Sendable, Hashable {
    package let command: [String]
    /// `NAME=VALUE`; no secrets.
    package let environment: [String]
    package let workdir: String
    /// `UID:GID`; nil where the caller decides.
    package let user: String?
    /// As Go calls it: `amd64`.
    package let architecture: String
    /// Seconds since 1970.
    package let created: Int64

    package init(
        command: [String],
        environment: [String],
        workdir: String,
        user: String?,
        architecture: String,
        created: Int64
    ) {
        self.command = command
        self.environment = environment
        self.workdir = workdir
        self.user = user
        self.architecture = architecture
        self.created = created
    }

    /// The document; `diffIDs` are the digests of the layers as they are unpacked.
    func json(diffIDs: [Digest], timestamp: String) -> JSONValue {
        [
            "architecture": .string(architecture),
            "os": "linux",
            "created": .string(timestamp),
            "config": .members([
                "Cmd": .strings(command),
                "Env": .strings(environment),
                "WorkingDir": .string(workdir),
                "User": user.map(JSONValue.string),
            ]),
            "rootfs": ["type": "layers", "diff_ids": .strings(diffIDs.map(\.description))],
        ]
    }

    /// Digests of the layers as they are unpacked, of a configuration's document.
    static func diffIDs(_ json: JSONValue) throws(JSONShapeError) -> [Digest] {
        let filesystem = try json.required("rootfs")
        var digests: [Digest] = []
        for text in try filesystem.strings("diff_ids") {
            guard let digest = Digest(text) else {
                throw JSONShapeError(path: "rootfs.diff_ids", message: "expected sha256: and 64 hex digits")
            }
            digests.append(digest)
        }
        return digests
    }

    /// Go's word for a machine as uname(2) has it.
    package static func architecture(ofMachine machine: String) -> String {
        switch machine {
        case "x86_64": "amd64"
        case "aarch64": "arm64"
        case "i686", "i386": "386"
        default: machine
        }
    }
}
