/// The first line of a script, as the kernel reads it (execve(2), Interpreter scripts; fs/binfmt_script.c).
struct ScriptHeader: Equatable {
    /// As it is written, relative to the working folder unless it begins with a slash.
    let interpreter: String
    /// All that follows the interpreter's name, blanks at its end left out, as one argument.
    let argument: String?

    /// How much of a file the kernel looks at (BINPRM_BUF_SIZE of linux/binfmts.h).
    private static let length = 256

    /// Takes the first bytes of a file; nil when it does not begin with `#!`, names no interpreter or too long a one.
    init?(_ head: [UInt8]) {
        guard head.starts(with: [0x23, 0x21]) else { return nil }
        let seen = head.prefix(Self.length)
        let end = seen.firstIndex { $0 == 0x0A || $0 == 0 }
        // Without an end in sight the last byte is not looked at.
        let rest = seen[2..<(end ?? min(seen.count, Self.length - 1))].drop(while: Self.isBlank)
        let name = rest.prefix { !Self.isBlank($0) }
        if name.isEmpty { return nil }
        if end == nil, seen.count == Self.length, name.endIndex == rest.endIndex { return nil }
        interpreter = String(decoding: name, as: UTF8.self)
        var tail = rest[name.endIndex...].drop(while: Self.isBlank)
        while let last = tail.last, Self.isBlank(last) { tail.removeLast() }
        argument = tail.isEmpty ? nil : String(decoding: tail, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
