extension Spec {
    /// Which launcher runs the command.
    package enum RuntimeChoice: String, Sendable, Hashable, CaseIterable {
        /// The first that works here and can enforce what is asked for.
        case auto
        case bwrap, runc, crun, runsc, direct
    }
}
