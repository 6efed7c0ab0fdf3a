package import ContentAddressing
package import JSONText
package import PipelineContracts

/// One of the six: a function from what its key names to files.
///
/// The key is all that the stage depends on; what is not in it can't be used without making the cache lie. A component
/// at its default is left out, so that a new field does not change old keys.
package protocol Stage {
    static var name: StageName { get }
    /// Raised when the same key gives other bytes than before.
    static var version: Int { get }
    /// Named inputs: a dotted name to its value.
    var key: [String: JSONValue] { get }
    /// Makes the files.
    func run() throws -> [StageFile]
}

/// Something that runs stages, or finds out what running them would do.
package protocol StageExecutor {
    /// `started` is when the stage's work began, for its time (monotonic nanoseconds).
    mutating func run<Work: Stage>(_ stage: Work, started: Int64) throws -> StageOutcome
}

/// A file that a stage wrote.
package struct StageFile: Sendable {
    package enum Content: Sendable {
        case bytes([UInt8])
        /// In the store already, as it would not fit into memory.
        case stored(Descriptor)
    }

    /// In the stage's folder.
    package let name: String
    package let mediaType: String
    package let content: Content

    package init(_ kind: ArtefactKind, _ bytes: [UInt8]) {
        name = kind.file
        mediaType = kind.mediaType
        content = .bytes(bytes)
    }

    /// An object of the store, under a name of its own.
    package init(_ name: String, stored: Descriptor) {
        self.name = name
        mediaType = stored.mediaType
        content = .stored(stored)
    }

    /// What names the content, whether it is stored or not.
    package var descriptor: Descriptor {
        switch content {
        case .bytes(let bytes):
            Descriptor(mediaType: mediaType, digest: Digest.of(bytes), size: Int64(bytes.count))
        case .stored(let descriptor): descriptor
        }
    }

    /// A document in canonical JSON.
    package init(_ kind: ArtefactKind, _ document: JSONValue) { self.init(kind, document.canonical()) }
}

/// How a stage went: its files, and whether they were there before.
package struct StageOutcome: Sendable {
    package let report: StageReport
    package let receipt: Receipt
    /// Name of the action record: 64 hex digits.
    package let action: String

    package init(report: StageReport, receipt: Receipt, action: String) {
        self.report = report
        self.receipt = receipt
        self.action = action
    }

    /// The digest of one of its files.
    package func digest(_ kind: ArtefactKind) throws(JSONShapeError) -> Digest { try receipt.file(kind).digest }
}
