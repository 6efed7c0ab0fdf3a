import CArchive

/// How bytes are compressed.
package enum Compression: String, Sendable, Hashable, CaseIterable {
    case none, gzip, zstd

    /// What libarchive calls it (ARCHIVE_FILTER_…).
    var code: Int32 {
        switch self {
        case .none: ARCHIVE_FILTER_NONE
        case .gzip: ARCHIVE_FILTER_GZIP
        case .zstd: ARCHIVE_FILTER_ZSTD
        }
    }
}
