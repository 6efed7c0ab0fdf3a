import ArtifactStore
package import ContentAddressing
package import RootFilesystems

/// A snapshot that a plan's layers are to hold.
package struct ArchivedSnapshot: Sendable {
    /// The field of the spec.
    private let field: String
    private let source: SnapshotSource
    private let tree: Digest
    private let place: String
    /// The layer of an earlier plan; nil where it is to be made of the source.
    let recorded: Descriptor?

    /// `tree` is what resolve found in `source`; `place` is where it lies inside, absolute.
    package init(field: String, source: SnapshotSource, tree: Digest, place: String, recorded: Descriptor? = nil) {
        self.field = field
        self.source = source
        self.tree = tree
        self.place = place
        self.recorded = recorded
    }

    /// The layer, which is written unless the store has it.
    ///
    /// - Throws: ``SnapshotProblem`` when the source is no longer what resolve found; ``StoreError``.
    func layer(time: Int64, in store: Store) throws -> Descriptor {
        if let recorded { return recorded }
        do {
            return try SnapshotLayer(tree: tree, place: place, time: time).make(from: source, in: store)
        } catch let error as RootFilesystemError {
            throw SnapshotProblem(field: field + ".bind", message: error.message, hint: error.hint)
        }
    }
}

/// Why a root or a snapshot can't be archived.
package struct SnapshotProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package let field: String
    package let message: String
    package let hint: String?

    package var description: String { "\(field): \(message)" }
}
