import TarArchive

/// Media types of images: OCI image specification, media-types.md, and those of Docker that mean the same.
enum ImageMediaType {
    static let index = "application/vnd.oci.image.index.v1+json"
    static let manifest = "application/vnd.oci.image.manifest.v1+json"

    static let indexes: Set<String> = [index, "application/vnd.docker.distribution.manifest.list.v2+json"]
    static let manifests: Set<String> = [manifest, "application/vnd.docker.distribution.manifest.v2+json"]

    static func layer(_ compression: Compression) -> String {
        let plain = SnapshotLayer.mediaType
        return compression == .none ? plain : plain + "+" + compression.rawValue
    }

    /// The OCI type of a layer; nil for what is none that can be unpacked.
    static func layer(_ type: String) -> String? {
        switch type {
        case layer(.none), layer(.gzip), layer(.zstd): type
        case "application/vnd.docker.image.rootfs.diff.tar": layer(.none)
        case "application/vnd.docker.image.rootfs.diff.tar.gzip": layer(.gzip)
        case "application/vnd.docker.image.rootfs.diff.tar.zstd": layer(.zstd)
        default: nil
        }
    }
}
