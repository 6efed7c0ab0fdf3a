#if canImport(CSeccomp)
import CSeccomp
import SeccompFilter

/// A compiled filter, run as the kernel runs it (classic BPF over struct seccomp_data), and what its profile says.
struct FilterProgram {
    /// A call as a filter sees it.
    struct Call {
        var architecture: UInt32
        var number: UInt32
        var arguments: [UInt64]
    }

    private struct Instruction {
        let code: UInt16
        let ifTrue: Int
        let ifFalse: Int
        let value: UInt32
    }

    private let instructions: [Instruction]

    init(_ bytes: [UInt8]) {
        instructions = stride(from: 0, to: bytes.count, by: 8).map { start in
            let field = Array(bytes[start..<start + 8])
            return Instruction(
                code: UInt16(field[0]) | UInt16(field[1]) << 8,
                ifTrue: Int(field[2]),
                ifFalse: Int(field[3]),
                value: (4..<8).reduce(0) { $0 | UInt32(field[$1]) << (8 * UInt32($1 - 4)) }
            )
        }
    }

    /// What it returns, as SECCOMP_RET_* with data; nil when the program is wrong.
    func answer(to call: Call) -> UInt32? {
        var words = [call.number, call.architecture, 0, 0]
        for argument in call.arguments {
            words += [UInt32(truncatingIfNeeded: argument), UInt32(truncatingIfNeeded: argument >> 32)]
        }
        var accumulator: UInt32 = 0
        var position = 0
        while position < instructions.count {
            let instruction = instructions[position]
            let value = instruction.value
            position += 1
            switch instruction.code {
            case 0x20: accumulator = words[Int(value / 4)]
            case 0x54: accumulator &= value
            case 0x05: position += Int(value)
            case 0x15: position += accumulator == value ? instruction.ifTrue : instruction.ifFalse
            case 0x25: position += accumulator > value ? instruction.ifTrue : instruction.ifFalse
            case 0x35: position += accumulator >= value ? instruction.ifTrue : instruction.ifFalse
            case 0x45: position += accumulator & value != 0 ? instruction.ifTrue : instruction.ifFalse
            case 0x06: return value
            default: return nil
            }
        }
        return nil
    }
}

extension SeccompProfile {
    /// What the profile says of a call of that name, as SECCOMP_RET_*: a rule without conditions, else one that holds.
    func answer(toCallNamed name: String?, _ arguments: [UInt64]) -> UInt32 {
        guard let name else { return Self.code(defaultAction) }
        let named = rules.filter { $0.names.contains(name) }
        let rule =
            named.first { $0.conditions.isEmpty }
            ?? named.first { $0.conditions.allSatisfy { Self.holds($0, arguments) } }
        return Self.code(rule?.action ?? defaultAction)
    }

    private static func holds(_ condition: SeccompCondition, _ arguments: [UInt64]) -> Bool {
        let argument = arguments[condition.argument]
        func bits(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }
        return switch condition.comparison {
        case .notEqual(let value): argument != bits(value)
        case .less(let value): argument < bits(value)
        case .lessOrEqual(let value): argument <= bits(value)
        case .equal(let value): argument == bits(value)
        case .greaterOrEqual(let value): argument >= bits(value)
        case .greater(let value): argument > bits(value)
        case .masked(let mask, let value): argument & bits(mask) == bits(value) & bits(mask)
        }
    }

    private static func code(_ action: SeccompAction) -> UInt32 {
        switch action {
        case .killProcess: 0x8000_0000
        case .killThread: 0
        case .trap: 0x0003_0000
        case .log: 0x7FFC_0000
        case .allow: 0x7FFF_0000
        case .errno(let number): 0x0005_0000 | UInt32(number)
        case .trace(let number): 0x7FF0_0000 | UInt32(number)
        }
    }
}

/// System calls of an architecture as libseccomp numbers them.
enum LibraryCalls {
    /// The name of a number; nil for none.
    static func name(_ number: UInt32, _ architecture: UInt32) -> String? {
        guard let text = seccomp_syscall_resolve_num_arch(architecture, Int32(bitPattern: number)) else { return nil }
        defer { cseccomp_free(UnsafeMutableRawPointer(text).assumingMemoryBound(to: UInt8.self)) }
        return String(cString: text)
    }

    static func architecture(_ name: String) -> UInt32 { seccomp_arch_resolve_name(name) }
}
#endif
