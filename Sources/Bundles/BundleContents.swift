package import ContentAddressing
package import PipelineContracts

/// What a bundle is to hold.
package struct BundleContents: Sendable {
    /// A layer of the plan.
    package struct Layer: Sendable {
        /// As the store has it.
        package let descriptor: Descriptor
        /// Of what it unpacks to.
        package let diffID: Digest
        package let isRoot: Bool

        package init(_ descriptor: Descriptor, diffID: Digest, isRoot: Bool) {
            self.descriptor = descriptor
            self.diffID = diffID
            self.isRoot = isRoot
        }
    }

    package let record: BundleRecord
    package let layers: [Layer]
    package let configuration: ImageConfiguration
    package let readme: BundleReadme

    package init(
        record: BundleRecord,
        layers: [Layer],
        configuration: ImageConfiguration,
        readme: BundleReadme
    ) {
        self.record = record
        self.layers = layers
        self.configuration = configuration
        self.readme = readme
    }

    /// The image's name: what registries take, of the plan's or run's name and eight digits of its digest.
    package var imageName: String {
        var path = ""
        for byte in record.name.utf8 {
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            let isPlain = (0x30...0x39).contains(lower) || (0x61...0x7A).contains(lower)
            if isPlain { path.append(Character(UnicodeScalar(lower))) } else if !path.hasSuffix("-") { path += "-" }
        }
        while path.hasPrefix("-") { path.removeFirst() }
        while path.hasSuffix("-") { path.removeLast() }
        if path.isEmpty { path = "bundle" }
        return "localhost/sbxpipe/\(path):\((record.run ?? record.plan).short)"
    }
}
