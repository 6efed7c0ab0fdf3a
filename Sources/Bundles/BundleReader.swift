package import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import TarArchive

/// Reads a bundle that others may have made: nothing of it is stored before all of it is checked.
///
/// It is a plain tar with a closed list of names; every blob is there, once, has its digest and size, and is of use. Its
/// bytes go into temporary files of the store, which are gone when it is refused.
package struct BundleReader {
    private let store: Store

    package init(_ store: Store) { self.store = store }

    /// More than an image of the most layers that there are (127) has.
    static let mostEntries = 300
    /// Of a document of the image, in bytes.
    static let documentLimit = 4 << 20

    /// Reads it from a descriptor, to the end; what it gives is whole and is what it says.
    ///
    /// - Throws: ``BundleError`` that names the entry; ``StoreError`` when the store can't take it.
    package func read(_ file: Int32) throws -> ReadBundle {
        do {
            let blobs = try spool(file)
            let image = try BundleImage(blobs)
            return try RecordReader(store).read(image, blobs.spools)
        } catch let error as TarError {
            throw error.asBundleError
        }
    }

    private func spool(_ file: Int32) throws -> BundleBlobs {
        let blobs = BundleBlobs()
        let limits = TarLimits(entries: Self.mostEntries, pathBytes: 128, memoryBytes: Self.documentLimit)
        var tar = try TarReader(descriptor: file, limits: limits)
        while let entry = try tar.next() {
            let name = String(decoding: entry.path, as: UTF8.self)
            let shown = TarError.escaped(entry.path)
            if case .directory = entry.kind, BundleNames.folders.contains(name) { continue }
            guard case .file = entry.kind else {
                throw BundleError("entry \"\(shown)\": is no file, which is all that a bundle holds")
            }
            switch name {
            case BundleNames.layout: blobs.layout = try tar.readBody()
            case BundleNames.index: blobs.index = try tar.readBody()
            default:
                guard let digest = BundleNames.digest(ofBlob: name) else {
                    throw BundleError("entry \"\(shown)\": is nothing that a bundle holds")
                }
                let spool = try Spool(in: store)
                try tar.readBody { try spool.write($0) }
                guard spool.digest == digest else {
                    throw BundleError("entry \"\(shown)\": its bytes have another digest, \(spool.digest)")
                }
                blobs.spools[digest] = spool
            }
        }
        return blobs
    }
}

/// What a bundle's tar holds.
final class BundleBlobs {
    var spools: [Digest: Spool] = [:]
    var layout: [UInt8]?
    var index: [UInt8]?
}

extension TarError {
    /// The same in a bundle's words: the entry first.
    var asBundleError: any Error {
        if let cause { return (cause as? TarError)?.asBundleError ?? cause }
        return BundleError(path.map { "entry \"\($0)\": \(message)" } ?? message)
    }
}
