#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The clock of limits and timers: nanoseconds that no clock setting moves (CLOCK_MONOTONIC).
enum Monotonic {
    static func now() -> UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// A negative duration counts as none, one over a century as a century.
    static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        if seconds < 0 || attoseconds < 0 { return 0 }
        if seconds >= 3_155_760_000 { return 3_155_760_000_000_000_000 }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000
    }

    /// Milliseconds for poll(2), rounded up so that no wake-up comes early; -1 without a deadline.
    static func pollTimeout(until deadline: UInt64?) -> Int32 {
        guard let deadline else { return -1 }
        let current = now()
        if deadline <= current { return 0 }
        return Int32(min((deadline - current + 999_999) / 1_000_000, UInt64(Int32.max)))
    }
}
