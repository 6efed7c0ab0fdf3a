package import ContentAddressing

/// What a root's source was found to hold.
package struct RootContent: Sendable, Hashable {
    /// The bottom one first.
    package let layers: [RootLayer]
    /// Of an image.
    package var manifest: Digest?
    package var config: Digest?
    package var defaults = ImageDefaults()

    package init(layers: [RootLayer]) { self.layers = layers }
}

/// A root of layers: where it comes from, and what was found there.
package struct FoundRoot: Sendable {
    package let source: RootSource
    package let content: RootContent

    package init(_ source: RootSource, _ content: RootContent) {
        self.source = source
        self.content = content
    }
}
