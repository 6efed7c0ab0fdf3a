package import ContentAddressing

/// One layer of a root: its bytes, and the digest that these have without their compression.
package struct RootLayer: Sendable, Hashable {
    package let blob: Descriptor
    /// What images call its `diff_id`.
    package let contents: Digest

    package init(blob: Descriptor, contents: Digest) {
        self.blob = blob
        self.contents = contents
    }

    /// What names the tree that layers come to, one over the other (OCI image specification, config.md, "Layer ChainID").
    static func chain(_ layers: [RootLayer]) -> Digest? {
        guard var chain = layers.first?.contents else { return nil }
        for layer in layers.dropFirst() { chain = Digest.of(Array("\(chain) \(layer.contents)".utf8)) }
        return chain
    }
}
