extension Spec {
    /// What network the command sees.
    package enum NetworkMode: String, Sendable, Hashable, CaseIterable {
        /// A working loopback and nothing else.
        case none
        /// The host's.
        case host
    }
}
