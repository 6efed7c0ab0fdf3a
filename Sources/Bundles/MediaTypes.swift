package import TarArchive

/// Media types of the OCI image specification, and the one of a bundle.
package enum MediaTypes {
    package static let index = "application/vnd.oci.image.index.v1+json"
    package static let manifest = "application/vnd.oci.image.manifest.v1+json"
    package static let configuration = "application/vnd.oci.image.config.v1+json"
    /// Of a plain layer; one that is compressed has an ending.
    package static let layer = "application/vnd.oci.image.layer.v1.tar"
    /// What the image is, beside being one.
    package static let bundle = "application/vnd.sbxpipe.bundle.v1+json"

    /// The media type of a layer that is compressed so.
    package static func layer(_ compression: Compression) -> String {
        compression == .none ? layer : "\(layer)+\(compression.rawValue)"
    }

    /// How a layer of this media type is compressed; nil for what is none that we read.
    package static func compression(ofLayer mediaType: String) -> Compression? {
        Compression.allCases.first { layer($0) == mediaType }
    }
}
