internal import CHostShims

/// How a child ended, as the kernel says.
package struct ChildEnd: Sendable, Hashable {
    package enum Status: Sendable, Hashable {
        /// The exit status, 0 to 255.
        case exited(Int32)
        /// The signal that ended it.
        case signaled(Int32, coreDumped: Bool)
    }

    package let status: Status
    /// Processor time in seconds of the child and of those of its children that it waited for (getrusage(2)).
    package let userSeconds: Double
    package let systemSeconds: Double
    /// The largest resident set of any one of them, in bytes.
    ///
    /// Never below the peak of the process that started it, whose memory the child had until it executed its program.
    package let maximumResidentBytes: Int64
    /// How many processes below it withstood KILL for a second, with a waiter (``SpawnRequest/underWaiter``).
    ///
    /// Those that such a process started are not counted. Nil when it can't be told: without a waiter, when that was
    /// killed, or without `/proc`.
    package let survivors: Int?
    /// It is the end of the process that the child left (``SpawnRequest/followedFile``), and not of the child itself.
    ///
    /// A launcher that exited with 0 and has false here said that it started a process, and there was none to follow.
    package let isOfFollowed: Bool

    package init(
        status: Status,
        userSeconds: Double,
        systemSeconds: Double,
        maximumResidentBytes: Int64,
        survivors: Int? = nil,
        isOfFollowed: Bool = false
    ) {
        self.status = status
        self.userSeconds = userSeconds
        self.systemSeconds = systemSeconds
        self.maximumResidentBytes = maximumResidentBytes
        self.survivors = survivors
        self.isOfFollowed = isOfFollowed
    }

    init(_ end: sbx_process_end, survivors: Int? = nil, isOfFollowed: Bool = false) {
        self.init(
            status: end.signaled ? .signaled(end.status, coreDumped: end.core_dumped) : .exited(end.status),
            userSeconds: Double(end.user_microseconds) / 1_000_000,
            systemSeconds: Double(end.system_microseconds) / 1_000_000,
            maximumResidentBytes: end.maximum_resident_bytes,
            survivors: survivors,
            isOfFollowed: isOfFollowed
        )
    }
}
