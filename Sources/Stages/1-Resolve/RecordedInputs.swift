package import ContentAddressing
package import RootFilesystems

/// What an earlier plan took from a host, and is taken again in place of what is found on this one.
package struct RecordedInputs: Sendable {
    /// A snapshot that was taken then.
    package struct Tree: Sendable {
        package let digest: Digest
        /// Where it is unpacked.
        package let path: String

        package init(digest: Digest, path: String) {
            self.digest = digest
            self.path = path
        }
    }

    /// Variables that were inherited; secrets among them without a value.
    package let variables: [String: String]
    /// By the field of the mount.
    package let trees: [String: Tree]
    /// What the spec's seccomp file held, in canonical JSON; nil where it is to be read here.
    package let profile: [UInt8]?
    /// What the root's layers were; nil where it is to be looked at here.
    package let root: RootContent?

    package init(
        variables: [String: String],
        trees: [String: Tree],
        profile: [UInt8]?,
        root: RootContent? = nil
    ) {
        self.root = root
        self.variables = variables
        self.trees = trees
        self.profile = profile
    }
}
