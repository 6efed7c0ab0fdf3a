import HostFiles

/// What keeps a caller, root too, from looking into a file system in user space (mount.fuse(8)).
enum FUSEMount {
    /// What to do about a source that can't be looked at; nil when it lies on no such mount.
    static func hint(on path: String, _ error: FileError) -> String? {
        guard let mount = MountTable.current().entry(holding: path), isFUSE(mount.fileSystem) else { return nil }
        return error.code == .notAllowed
            ? "\(mount.point) is a FUSE mount: nobody but who mounted it, not even root, sees what is in it, unless it was "
                + "mounted with allow_other"
            : "\(mount.point) is a FUSE mount, and its program may be gone: unmount it, and mount it again"
    }

    private static func isFUSE(_ fileSystem: String) -> Bool {
        fileSystem == "fuse" || fileSystem == "fuseblk" || fileSystem.hasPrefix("fuse.")
    }
}
