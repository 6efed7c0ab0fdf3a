package import HostFiles
import JSONText
package import Runtimes

/// A container's bundle on disk.
package enum BundleFiles {
    /// Writes a bundle into a folder, which must not be there yet.
    ///
    /// - Throws: ``FileError``.
    package static func write(_ bundle: ContainerBundle, to folder: String, permissions: UInt32) throws(FileError) {
        try Folder.make(folder, permissions: permissions)
        for (path, entry) in bundle.entries {
            let place = AbsolutePath.join(folder, path)
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
