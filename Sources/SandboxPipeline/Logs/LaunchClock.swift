import HostFiles

/// When something of a launch happened, from the launch record's `started`.
package struct LaunchClock: Sendable {
    /// Microseconds since 1970.
    private let started: Int64

    /// Takes RFC 3339 in UTC, as the launch record has it; nil for anything else.
    package init?(started text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int64? { Int64(String(decoding: bytes[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var fraction = bytes[19..<(bytes.count - 1)].dropFirst().prefix(6).map { $0 }
        guard fraction.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
        fraction += repeatElement(UInt8(ascii: "0"), count: 6 - fraction.count)
        let seconds = (Self.days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second
        started = seconds * 1_000_000 + (Int64(String(decoding: fraction, as: UTF8.self)) ?? 0)
    }

    /// RFC 3339 in UTC with microseconds, always of one width.
    package func text(after seconds: Double) -> String {
        let offset = Int64(exactly: (seconds * 1_000_000).rounded()) ?? 0
        let time = started + offset
        let digits = String(1000 + time % 1000).dropFirst()
        return HostSystem.timestamp(time * 1000).dropLast() + digits + "Z"
    }

    /// Days since 1970 of a date of the Gregorian calendar; a year is taken to begin in March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let years = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return years * 365 + years / 4 - years / 100 + years / 400 + dayOfYear - 719_468
    }
}
