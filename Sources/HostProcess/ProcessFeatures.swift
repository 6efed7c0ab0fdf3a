/// What of processes this system's kernel offers, where callers have to know.
package enum ProcessFeatures {
    #if os(Linux)
    /// Whether a process can be the one that gets the orphans below it, see ``Subreaper``.
    package static let hasSubreaper = true
    /// Whether the kernel can end a child with its parent, see ``SpawnRequest/killOnParentDeath``.
    package static let tiesChildToParent = true
    /// Whether a child can be started below a waiter, see ``SpawnRequest/underWaiter``.
    package static let hasWaiter = true
    #else
    package static let hasSubreaper = false
    package static let tiesChildToParent = false
    package static let hasWaiter = false
    #endif
}
