import HostFiles
import TarArchive

/// What an entry of a layer hides of the layers below it (OCI image specification, layer.md, "Whiteouts").
enum Whiteout {
    /// The file or folder of this name, beside the whiteout.
    case entry([UInt8])
    /// All that lies beside it.
    case opaque

    private static let mark = Array(".wh.".utf8)

    static func isMarked(_ name: ArraySlice<UInt8>) -> Bool { name.starts(with: mark) }

    /// - Throws: ``RootFilesystemError`` for a name that hides nothing there can be.
    init(_ entry: LayerEntry, _ name: RawName) throws(RootFilesystemError) {
        guard entry.kind == .file, entry.size == 0 else {
            throw RootFilesystemError(entry.path, "is a whiteout, but no empty file")
        }
        let hidden = Array(name.bytes.dropFirst(Self.mark.count))
        if hidden == Array(".wh..opq".utf8) {
            self = .opaque
        } else if hidden.isEmpty || hidden == [0x2E] || hidden == [0x2E, 0x2E] || Self.isMarked(hidden[...]) {
            throw RootFilesystemError(entry.path, "is a whiteout of no name that a file can have")
        } else {
            self = .entry(hidden)
        }
    }
}
