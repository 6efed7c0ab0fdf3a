import Runtimes

/// Where a ``Pipeline`` finds launchers, for a program that keeps them in places of its own.
///
/// A pipeline that is given none looks at the variable of the launcher (`SBXPIPE_BWRAP` for `bwrap`), else at the absolute
/// entries of `PATH`. Whoever finds it, a launcher is used only when it is an ELF program that nobody but its owner, who
/// is the caller or root, may write or put another in the place of.
public protocol LauncherLookup: Sendable {
    /// The place of a launcher; asked once for each plan and each launch that needs it.
    ///
    /// - Parameter launcher: The launcher's name, so far always `bwrap`.
    /// - Returns: An absolute path, which may be a symlink; nil when there is none, which then is an error with
    ///   ``SandboxError/Code/launcherNotFound``.
    /// - Throws: Whatever the operation is to end with.
    func path(of launcher: String) throws(SandboxError) -> String?
}

extension LauncherSource {
    init(_ lookup: any LauncherLookup) {
        self = .lookup { name throws in try lookup.path(of: name) }
    }
}
