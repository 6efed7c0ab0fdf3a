package import JSONText
package import PipelineContracts

/// Something in which two plans or runs differ.
package struct Difference: Sendable, Hashable {
    package let stage: StageName
    package let file: String
    /// A field of a document, a line, a path in a layer; nil for the whole file.
    package let place: String?
    /// Nil where there is none on that side.
    package let old: JSONValue?
    package let new: JSONValue?

    package var json: JSONValue {
        .members([
            "stage": .string(stage.rawValue),
            "file": .string(file),
            "place": place.map(JSONValue.string),
            "old": old,
            "new": new,
        ])
    }
}
