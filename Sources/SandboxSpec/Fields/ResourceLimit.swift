import JSONText

/// A limit of setrlimit(2), by its name in the spec.
package enum ResourceLimitName: String, Sendable, Hashable, CaseIterable {
    case addressSpace = "as"
    case core, cpu, data
    case fileSize = "fsize"
    case locks
    case lockedMemory = "memlock"
    case messageQueue = "msgqueue"
    case nice
    case openFiles = "nofile"
    case processes = "nproc"
    case residentSet = "rss"
    case realtimePriority = "rtprio"
    case realtimeTime = "rttime"
    case pendingSignals = "sigpending"
    case stack
}

/// The two values of a limit, in the unit that setrlimit(2) has for it.
package struct ResourceLimit: Sendable, Hashable {
    /// How RLIM_INFINITY is written.
    package static let unlimited: Int64 = -1

    /// What counts; `unlimited` for none.
    package var soft: Int64
    /// What soft may be raised to; `unlimited` for none.
    package var hard: Int64

    /// Both values.
    package init(soft: Int64, hard: Int64) {
        self.soft = soft
        self.hard = hard
    }

    /// Whether soft is within hard, as the kernel demands.
    package var isOrdered: Bool { hard == Self.unlimited || (soft != Self.unlimited && soft <= hard) }

    init?(_ json: JSONValue) {
        if let both = json.integerValue {
            self.init(soft: both, hard: both)
        } else if let pair = json.arrayValue, pair.count == 2,
            let soft = pair[0].integerValue, let hard = pair[1].integerValue
        {
            self.init(soft: soft, hard: hard)
        } else {
            return nil
        }
    }

    var json: JSONValue { soft == hard ? .integer(soft) : [.integer(soft), .integer(hard)] }
}
