package import JSONText

/// The binding of a description to this host and to one runtime.
package enum RuntimeBinding: Sendable, Hashable {
    case bubblewrap(BubblewrapBinding)
    case direct(DirectBinding)

    /// Runtimes by name, and the artefact that binds a plan to each.
    package static let kinds: [(runtime: String, kind: ArtefactKind)] = [("bwrap", .bubblewrap), ("direct", .direct)]

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

    /// Reads the document of a kind; nil for a kind that is no binding.
    package init?(_ kind: ArtefactKind, _ json: JSONValue) throws(JSONShapeError) {
        switch kind {
        case .bubblewrap: self = .bubblewrap(try BubblewrapBinding(json))
        case .direct: self = .direct(try DirectBinding(json))
        default: return nil
        }
    }
}
