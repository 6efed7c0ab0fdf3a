import HostFiles
import JSONText
package import Runtimes

/// A container's bundle on disk.
package enum BundleFiles {
    /// Writes a bundle: config.json and secrets' values, which `secret` gives by name, into a folder that must not be there
    /// yet, and the rest where the bundle says.
    ///
    /// - Throws: ``FileError``, and what `secret` throws.
    package static func write(
        _ bundle: ContainerBundle,
        to folder: String,
        permissions: UInt32,
        secret: (String) throws -> [UInt8]
    ) throws {
        try Folder.make(folder, permissions: permissions)
        if bundle.folder != folder { try Folder.make(bundle.folder, permissions: permissions) }
        if !bundle.secrets.isEmpty { try Folder.make(AbsolutePath.join(folder, "secrets"), permissions: 0o755) }
        for (path, name) in bundle.secrets {
            try write(try secret(name), to: AbsolutePath.join(folder, path), bundle.secretPermissions)
        }
        for (path, entry) in bundle.entries {
            let place = AbsolutePath.join(bundle.folder, path)
            switch entry {
            // The runtime, in a user namespace, looks into it as an ordinary user would.
            case .folder: try Folder.make(place, permissions: 0o755)
            case .symlink(let target): _ = try Folder.link(place, to: target)
            case .file(let text, let permissions): try write(Array(text.utf8), to: place, permissions)
            }
        }
        // The environment is in it.
        try write(bundle.config.canonical(), to: AbsolutePath.join(folder, "config.json"), 0o600)
    }

    private static func write(_ bytes: [UInt8], to path: String, _ permissions: UInt32) throws(FileError) {
        let file = try OwnedDescriptor.open(path, [.write, .create, .exclusive, .noFollow], mode: 0o600)
        try FileContent.write(bytes, to: file.number, path: path)
        try FileMode.set(permissions, of: file.number, path: path)
    }
}
