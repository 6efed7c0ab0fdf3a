import HostFiles

/// A folder for one test, removed with the last reference; kept when SBXPIPE_KEEP_TEST_FILES is set.
package final class TemporaryFolder: Sendable {
    /// Absolute, without symlinks.
    package let path: String

    /// Makes it below TMPDIR, else /tmp; anyone may enter, so that tests as an ordinary user find it.
    package init(_ purpose: String = "test") throws {
        let base = HostSystem.environment()["TMPDIR"] ?? "/tmp"
        let name = HostSystem.randomBytes(6).map { String($0, radix: 16) }.joined()
        let path = "\(base)/sbxpipe-\(purpose)-\(name)"
        try Folder.make(path, permissions: 0o755)
        self.path = try AbsolutePath.real(path) ?? path
    }

    /// A path in it.
    package func callAsFunction(_ below: String) -> String { AbsolutePath.join(path, below) }

    /// Writes a file, and the folders above it.
    @discardableResult
    package func write(_ text: String, to below: String, mode: UInt32 = 0o644) throws -> String {
        let place = self(below)
        try Folder.makeAll(AbsolutePath.parent(place), permissions: 0o755)
        try Folder.removeFile(place)
        let file = try OwnedDescriptor.open(place, [.write, .create, .exclusive], mode: mode)
        try FileContent.write(Array(text.utf8), to: file.number, path: place)
        try FileMode.set(mode, of: file.number, path: place)
        return place
    }

    @discardableResult
    package func folder(_ below: String, mode: UInt32 = 0o755) throws -> String {
        let place = self(below)
        try Folder.makeAll(AbsolutePath.parent(place), permissions: 0o755)
        try Folder.make(place, permissions: mode)
        return place
    }

    package func read(_ below: String) throws -> String {
        String(decoding: try FileContent.read(self(below), limit: 64 << 20), as: UTF8.self)
    }

    deinit {
        if HostSystem.environment()["SBXPIPE_KEEP_TEST_FILES"] == nil { try? Folder.removeTree(path) }
    }
}
