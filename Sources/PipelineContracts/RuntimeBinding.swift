package import ContentAddressing
package import JSONText

/// The binding of a description to this host and to one runtime.
package enum RuntimeBinding: Sendable, Hashable {
    case bubblewrap(BubblewrapBinding)
    case direct(DirectBinding)

    /// The artefact that this is.
    package var kind: ArtefactKind {
        switch self {
        case .bubblewrap: .bubblewrap
        case .direct: .direct
        }
    }

    /// The real path of stdin's file; nil where stdin is none.
    package var stdinFile: String? {
        switch self {
        case .bubblewrap(let binding): binding.stdinFile
        case .direct(let binding): binding.stdinFile
        }
    }

    /// Digest of the filter of system calls; nil for none.
    package var filter: Digest? {
        switch self {
        case .bubblewrap(let binding): binding.seccomp
        case .direct: nil
        }
    }

    /// Whether all processes go with PID 1 of a new PID namespace.
    package var ownPIDs: Bool {
        switch self {
        case .bubblewrap(let binding): binding.ownPIDs
        case .direct: false
        }
    }

    /// Whether launch hides store and state folder, and protects the spec's file.
    package var coversStore: Bool {
        switch self {
        case .bubblewrap(let binding): binding.coversStore
        case .direct: false
        }
    }

    /// The document, of the kind that ``kind`` says.
    package var json: JSONValue {
        switch self {
        case .bubblewrap(let binding): binding.json
        case .direct(let binding): binding.json
        }
    }

    /// Reads the one document of the two that there is.
    package init(bubblewrap: JSONValue?, direct: JSONValue?) throws(JSONShapeError) {
        switch (bubblewrap, direct) {
        case (let document?, nil): self = .bubblewrap(try BubblewrapBinding(document))
        case (nil, let document?): self = .direct(try DirectBinding(document))
        case (nil, nil): throw JSONShapeError(path: "bwrap.json or direct.json", message: "is missing or no JSON")
        default: throw JSONShapeError(path: "direct.json", message: "is a second binding beside bwrap.json")
        }
    }
}
