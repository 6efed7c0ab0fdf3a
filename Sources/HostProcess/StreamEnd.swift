/// A stream of an ``EventLoop``.
package struct StreamID: Sendable, Hashable {
    let number: Int
}

/// Why a stream gives no more bytes.
package enum StreamEnd: Sendable, Hashable {
    /// Every writer has closed it (for a terminal: the last process on it).
    case endOfFile
    /// Somebody still held it open when the drain limit was over; what was in it has been read, up to 1 MiB.
    case abandoned
    /// read(2) failed with this errno.
    case failed(Int32)
    /// Removed by a handler.
    case removed
}

/// How a stream's descriptor may be treated.
package enum StreamSharing: Sendable {
    /// Nobody else reads this open file, as with the read end of a pipe made for a child: it is made non-blocking.
    case exclusive
    /// The open file is shared with processes not our own, as the caller's terminal is: its flags are left alone.
    case shared
}
