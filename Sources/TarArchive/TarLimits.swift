/// What a reader takes before it refuses an archive with ``TarError/Code/overLimit``.
///
/// Charged by what is read, not by what a header claims, but for `entryBytes`, which a header's claim alone exceeds.
package struct TarLimits: Sendable, Hashable {
    /// The most entries.
    package var entries: Int

    /// The most bytes of a path, and of a symlink's target.
    package var pathBytes: Int

    /// The most bytes of one body.
    package var entryBytes: Int64

    /// The most bytes of the archive, headers and what follows its end included.
    package var totalBytes: Int64

    /// The most bytes of a body that ``TarReader/readBody()`` returns in memory.
    package var memoryBytes: Int

    /// Makes limits; those left out are a million entries, 4,096 bytes a path (PATH_MAX of Linux), 1 TiB a body,
    /// 2 TiB in all, and 32 MiB in memory.
    package init(
        entries: Int = 1_000_000,
        pathBytes: Int = 4096,
        entryBytes: Int64 = 1 << 40,
        totalBytes: Int64 = 1 << 41,
        memoryBytes: Int = 32 << 20
    ) {
        self.entries = entries
        self.pathBytes = pathBytes
        self.entryBytes = entryBytes
        self.totalBytes = totalBytes
        self.memoryBytes = memoryBytes
    }
}
