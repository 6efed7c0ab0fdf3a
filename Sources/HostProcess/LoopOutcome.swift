/// How ``EventLoop/run(drainLimit:)`` came to its end.
package struct LoopOutcome: Sendable, Hashable {
    /// A handler stopped it; else all watched children have ended, all streams too, and all outputs are written.
    package let wasStopped: Bool
    /// The streams that somebody still held open when the drain limit was over.
    package let abandoned: [StreamID]
    /// Bytes that an output had not taken when the loop was stopped.
    package let unwrittenBytes: Int
}
