package import ContentAddressing
package import JSONText

/// The binding of a description to this host and to one runtime.
package enum RuntimeBinding: Sendable, Hashable {
    case bubblewrap(BubblewrapBinding)
    case container(ContainerBinding)
    case direct(DirectBinding)

    /// The artefact that this is.
    package var kind: ArtefactKind {
        switch self {
        case .bubblewrap: .bubblewrap
        case .container: .container
        case .direct: .direct
        }
    }

    /// What is mounted; nil where nothing is.
    package var mounts: MountBinding? {
        switch self {
        case .bubblewrap(let binding): binding.mounts
        case .container(let binding): binding.mounts
        case .direct: nil
        }
    }

    /// The real path of stdin's file; nil where stdin is none.
    package var stdinFile: String? {
        switch self {
        case .bubblewrap(let binding): binding.stdinFile
        case .container(let binding): binding.stdinFile
        case .direct(let binding): binding.stdinFile
        }
    }

    /// Where secrets are read here.
    package var secrets: [SecretBinding] {
        switch self {
        case .bubblewrap(let binding): binding.secrets
        case .container(let binding): binding.secrets
        case .direct(let binding): binding.secrets
        }
    }

    /// Real paths of what it shows of the host as it is, by the fields that name them.
    package var hostSources: [String: String] {
        if case .direct(let binding) = self {
            return Dictionary(binding.places.map { ($0.field, $0.path) }, uniquingKeysWith: { first, _ in first })
        }
        let binds = (mounts?.mounts ?? []).compactMap { mount in mount.source.map { (mount.field, $0) } }
        return Dictionary(binds, uniquingKeysWith: { first, _ in first })
    }

    /// Digest of the filter of system calls; nil for none.
    package var filter: Digest? {
        switch self {
        case .bubblewrap(let binding): binding.seccomp
        case .container(let binding): binding.seccomp
        case .direct: nil
        }
    }

    /// Whether id 0 inside is the caller and the others are its subordinate ones.
    package var mapsSubordinateIDs: Bool {
        switch self {
        case .bubblewrap(let binding): binding.mapsSubordinateIDs
        case .container(let binding): binding.user.hasSubordinateIDs
        case .direct: false
        }
    }

    /// Whether all processes go with PID 1 of a new PID namespace.
    package var ownPIDs: Bool {
        switch self {
        case .bubblewrap(let binding): binding.ownPIDs
        case .container(let binding): binding.ownPIDs
        case .direct: false
        }
    }

    /// Whether launch hides store and state folder, and protects the spec's file.
    package var coversStore: Bool {
        switch self {
        case .bubblewrap(let binding): binding.mounts.coversStore
        case .container(let binding): binding.mounts.coversStore
        case .direct: false
        }
    }

    /// The document, of the kind that ``kind`` says.
    package var json: JSONValue {
        switch self {
        case .bubblewrap(let binding): binding.json
        case .container(let binding): binding.json
        case .direct(let binding): binding.json
        }
    }

    /// The artefacts that a binding can be.
    package static let kinds: [ArtefactKind] = [.bubblewrap, .container, .direct]

    /// Reads the one document of its kinds that there is among these, by file name.
    package init(in documents: [String: JSONValue]) throws(JSONShapeError) {
        let found = Self.kinds.filter { documents[$0.file] != nil }
        guard let kind = found.first, let document = documents[kind.file] else {
            let names = Self.kinds.map(\.file).joined(separator: ", ")
            throw JSONShapeError(path: names, message: "one of them is missing or no JSON")
        }
        if found.count > 1 {
            throw JSONShapeError(path: found[1].file, message: "is a second binding beside \(kind.file)")
        }
        switch kind {
        case .bubblewrap: self = .bubblewrap(try BubblewrapBinding(document))
        case .container: self = .container(try ContainerBinding(document))
        default: self = .direct(try DirectBinding(document))
        }
    }
}
