/// What the kernel says of a process in one line (proc(5), `/proc/pid/stat`).
package struct ProcessStat: Sendable, Hashable {
    package let processID: Int32
    /// The name, of at most 15 bytes, that the process may have given itself; kernel threads have longer ones.
    package let command: String
    /// The letter of the state of its first thread, as `S` for asleep.
    package let state: UInt8
    /// 0 when the parent is outside of this PID namespace.
    package let parent: Int32
    package let group: Int32
    package let session: Int32
    package let threads: Int
    /// Clock ticks from the boot to its start.
    package let startTime: UInt64
    /// How it ended as waitpid(2) tells it, for one that has; 0 where the caller may not know.
    private let waitStatus: Int32

    /// Whether it is stopped, by a signal or by who traces it.
    package var isStopped: Bool { state == UInt8(ascii: "T") || state == UInt8(ascii: "t") }

    /// How a process that ``hasEnded`` did so.
    package var end: ChildEnd.Status {
        let signal = waitStatus & 0x7F
        return signal == 0
            ? .exited(waitStatus >> 8 & 0xFF) : .signaled(signal, coreDumped: waitStatus & 0x80 != 0)
    }

    /// Whether it has ended and only waits to be reaped; a process whose first thread alone has ended has not.
    package var hasEnded: Bool {
        (state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") || state == UInt8(ascii: "x")) && threads <= 1
    }

    /// Parses the line; nil for what is none.
    init?(parsing text: [UInt8]) {
        // "1 (name) S 0 …": the name may hold parentheses and spaces itself.
        guard let start = text.firstIndex(of: UInt8(ascii: "(")), let end = text.lastIndex(of: UInt8(ascii: ")")),
            start < end, let processID = Self.number(text[..<start].dropLast(), Int32.self)
        else { return nil }
        let fields = text[text.index(after: end)...].split(whereSeparator: { $0 == 0x20 || $0 == 0x0A })
        // The manual counts from 1, and the name is its field 2.
        guard fields.count > 19, let state = fields[0].first, let parent = Self.number(fields[1], Int32.self),
            let group = Self.number(fields[2], Int32.self), let session = Self.number(fields[3], Int32.self),
            let threads = Self.number(fields[17], Int.self), let startTime = Self.number(fields[19], UInt64.self)
        else { return nil }
        self.processID = processID
        command = String(decoding: text[text.index(after: start)..<end], as: UTF8.self)
        self.state = state
        self.parent = parent
        self.group = group
        self.session = session
        self.threads = threads
        self.startTime = startTime
        waitStatus = fields.count > 49 ? Self.number(fields[49], Int32.self) ?? 0 : 0
    }

    private static func number<Number: FixedWidthInteger>(_ digits: ArraySlice<UInt8>, _: Number.Type) -> Number? {
        Number(String(decoding: digits, as: UTF8.self))
    }
}
