import ArtifactStore
import ContentAddressing
import JSONText
import PipelineContracts

/// Documents of a store by digest.
enum Documents {
    /// Reads and parses one.
    ///
    /// - Throws: ``StoreError``, ``PipelineError`` when it is no JSON.
    static func read(_ digest: Digest, from store: Store) throws -> JSONValue {
        do {
            return try JSONParser.parse(try store.read(digest))
        } catch let error as JSONSyntaxError {
            throw PipelineError("object \(digest) is no JSON: \(error)")
        }
    }

    static func receipt(_ digest: Digest, from store: Store) throws -> Receipt {
        try Receipt(try read(digest, from: store))
    }
}
