extension Spec {
    /// Whether `--reuse` may take the launch from the cache.
    package enum CachePolicy: String, Sendable, Hashable, CaseIterable {
        case never
        /// Only because every byte that can be read inside is an artefact.
        case hermetic
        case always
    }
}
