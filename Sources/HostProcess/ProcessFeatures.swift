/// What of processes this system's kernel offers, where callers have to know.
package enum ProcessFeatures {
    #if os(Linux)
    /// Whether a process can be the one that gets the orphans below it, see ``Subreaper``.
    package static let hasSubreaper = true
    /// Whether the kernel can end a child with its parent, see ``SpawnRequest/killOnParentDeath``.
    package static let tiesChildToParent = true
    #else
    package static let hasSubreaper = false
    package static let tiesChildToParent = false
    #endif
}
