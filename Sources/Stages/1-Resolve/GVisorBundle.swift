import HostFiles
import JSONText

/// The OCI bundle of a container that runs one command of the host's and ends: the probe of a gVisor platform.
///
/// It has no user namespace, id maps or seccomp, which runsc does not take from an ordinary user, and no more of the host
/// than where programs and their libraries lie: what else hangs or is closed to this user is not touched.
struct GVisorBundle {
    /// The command's own exit code, which no launcher ends with by itself.
    static let exitCode: Int32 = 42

    let path: String

    /// Makes the folder and the bundle in it.
    init(at path: String) throws(FileError) {
        self.path = path
        let root = path + "/rootfs"
        try Folder.make(path)
        try Folder.make(root)
        var mounts: [JSONValue] = []
        for name in Self.programFolders {
            guard let status = try FileStatus.of("/" + name) else { continue }
            switch status.kind {
            case .symlink: try Folder.link("\(root)/\(name)", to: Folder.target(of: "/" + name))
            case .folder:
                try Folder.make("\(root)/\(name)")
                mounts.append(Self.mount("/" + name))
            default: continue
            }
        }
        let place = path + "/config.json"
        let file = try OwnedDescriptor.open(place, [.write, .create, .exclusive, .noFollow], mode: 0o600)
        try FileContent.write(Self.config(mounts).canonical(), to: file.number, path: place)
    }

    /// Top-level entries that a shell may lie in or need; `nix` and `gnu` are the stores of NixOS and Guix.
    private static let programFolders = ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "nix", "gnu"]

    /// runsc of 2022 knows no `rro`.
    private static func mount(_ path: String) -> JSONValue {
        [
            "destination": .string(path), "source": .string(path), "type": "bind",
            "options": ["rbind", "ro", "nosuid", "nodev"],
        ]
    }

    private static func config(_ mounts: [JSONValue]) -> JSONValue {
        [
            "ociVersion": "1.0.2",
            "process": [
                "terminal": false,
                "user": ["uid": 0, "gid": 0],
                "args": ["/bin/sh", "-c", .string("exit \(exitCode)")],
                "env": ["PATH=/usr/bin:/bin"],
                "cwd": "/",
                "capabilities": [:],
                "noNewPrivileges": true,
            ],
            "root": ["path": "rootfs", "readonly": true],
            "hostname": "probe",
            "mounts": .array(mounts),
            "linux": [
                "namespaces": .array(["pid", "ipc", "uts", "mount", "network"].map { ["type": .string($0)] })
            ],
        ]
    }
}
