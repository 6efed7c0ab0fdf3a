import ArtifactStore
import Bundles
import ContentAddressing
import HostFiles
import PipelineCore

/// Plans and runs to and from a registry of the Open Container Initiative, by way of skopeo, whose own the credentials are.
package struct RegistryTransfer {
    private let context: PipelineContext

    package init(_ context: PipelineContext) { self.context = context }

    /// Pushes what a bundle's file would hold; digests are kept.
    ///
    /// `image` is `HOST[:PORT]/NAME:TAG`.
    ///
    /// - Throws: ``PipelineError``, with what skopeo says.
    package func push(_ reference: Reference, to image: String, _ options: BundleExport.Options) throws {
        let export = try BundleExport(reference, context)
        do {
            let skopeo = try Skopeo(context)
            let hold = try context.store.hold()
            defer { hold.release() }
            try withFolder("push") { folder in
                let contents = try export.contents(options)
                let writer = BundleWriter(context.store, options.compression)
                try writer.withLayout(contents, in: AbsolutePath.join(folder, "layout")) {
                    try skopeo.copy("oci:layout", to: try Self.place(image), in: folder)
                }
            }
        } catch {
            throw PipelineError(error, source: image)
        }
    }

    /// Pulls an image that is a bundle into the store, as import would.
    ///
    /// - Throws: ``PipelineError``; then the store is as it was.
    package func pull(_ image: String) throws -> Reference {
        do {
            let skopeo = try Skopeo(context)
            var taken: Reference?
            try withFolder("pull") { folder in
                try skopeo.copy(try Self.place(image), to: "oci-archive:image.tar", in: folder)
                taken = try BundleImport(context).take(AbsolutePath.join(folder, "image.tar"), named: image)
            }
            guard let taken else { throw PipelineError("\(image): nothing was pulled") }
            return taken
        } catch {
            throw PipelineError(error, source: image)
        }
    }

    private static func place(_ image: String) throws -> String {
        guard !image.isEmpty, !image.hasPrefix("-"), !image.contains("://"),
            image.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F })
        else { throw PipelineError("\(image) is no image's name", hint: "it is as HOST/NAME:TAG") }
        return "docker://" + image
    }

    /// A folder of the store's temporary ones, gone after.
    private func withFolder(_ purpose: String, _ body: (String) throws -> Void) throws {
        let folder = context.store.temporaryPath(purpose)
        try Folder.makeAll(folder)
        defer { try? Folder.removeTree(folder) }
        try body(folder)
    }
}
