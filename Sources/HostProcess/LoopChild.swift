/// What of a watched child is killed before its number is given back.
package enum GroupEnd: Sendable {
    /// Nothing: others may go on.
    case leave
    /// All that is left in the process group of a child started with `newSession`.
    case kill
}

/// A child that an ``EventLoop`` waits for; the descriptor is a duplicate, owned by the loop.
struct LoopChild {
    let processID: Int32
    let descriptor: Int32
    let group: GroupEnd
    let onEnd: (ChildEnd) -> Void
}
