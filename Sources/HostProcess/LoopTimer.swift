/// A timer of an ``EventLoop``.
package struct TimerID: Sendable, Hashable {
    let number: Int
}

/// A point in time at which an ``EventLoop`` calls a handler, once or again and again.
struct LoopTimer {
    let id: TimerID
    /// Nanoseconds of the monotonic clock.
    var deadline: UInt64
    /// Nanoseconds; nil for once.
    let interval: UInt64?
    let handler: () -> Void
}

/// The timers of one loop: few, so they are looked through.
struct LoopTimers {
    private var timers: [LoopTimer] = []

    var nextDeadline: UInt64? { timers.lazy.map(\.deadline).min() }

    mutating func add(_ timer: LoopTimer) { timers.append(timer) }

    mutating func remove(_ id: TimerID) { timers.removeAll { $0.id == id } }

    mutating func removeAll() { timers = [] }

    /// Takes out the handler of the timer that is due first; nil when none is.
    ///
    /// A repeating one is set to its next time after `now`: beats that were missed are left out.
    mutating func takeDue(at now: UInt64) -> (() -> Void)? {
        guard
            let index = timers.indices.filter({ timers[$0].deadline <= now })
                .min(by: { timers[$0].deadline < timers[$1].deadline })
        else { return nil }
        let timer = timers[index]
        if let interval = timer.interval {
            timers[index].deadline += ((now - timer.deadline) / interval + 1) * interval
        } else {
            timers.remove(at: index)
        }
        return timer.handler
    }
}
