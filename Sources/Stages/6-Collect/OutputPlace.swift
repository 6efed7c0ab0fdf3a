import HostFiles

/// A name in an open folder of the host, and its path inside.
struct OutputPlace: ~Copyable {
    let folder: OwnedDescriptor
    let name: RawName
    let inside: String

    init(_ folder: consuming OwnedDescriptor, _ name: RawName, _ inside: String) {
        self.folder = folder
        self.name = name
        self.inside = inside
    }
}
