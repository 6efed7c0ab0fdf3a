import HostFiles

/// The few fields of an ELF header that tell whether the kernel can execute it here (elf(5)).
struct ELFHeader {
    private let bits: UInt8
    private let order: UInt8
    private let machine: UInt16

    /// Takes the first bytes of a file; nil when they are no whole header.
    init?(_ head: [UInt8]) {
        guard head.count >= 64, head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
        bits = head[4]
        order = head[5]
        machine = order == 2 ? UInt16(head[18]) << 8 | UInt16(head[19]) : UInt16(head[19]) << 8 | UInt16(head[18])
    }

    /// EM_X86_64 and EM_386 on x86-64, EM_AARCH64 and EM_ARM on arm64; other hosts take all.
    var isForThisMachine: Bool {
        switch HostSystem.kernel().machine {
        case "x86_64": order == 1 && (machine == 62 || machine == 3)
        case "aarch64", "arm64": order == 1 && (machine == 183 || machine == 40)
        default: true
        }
    }

    /// The dynamic loader that a 64-bit little-endian program names (PT_INTERP), where it lies in the first page.
    func interpreter(in head: [UInt8]) -> String? {
        guard bits == 2, order == 1 else { return nil }
        func number(_ offset: Int, _ width: Int) -> Int? {
            guard offset >= 0, offset + width <= head.count else { return nil }
            var value: UInt64 = 0
            for index in (0..<width).reversed() { value = value << 8 | UInt64(head[offset + index]) }
            return Int(exactly: value)
        }
        guard let table = number(32, 8), let size = number(54, 2), let count = number(56, 2), size > 0 else {
            return nil
        }
        for index in 0..<min(count, 64) {
            guard let entry = Int(exactly: table).map({ $0 + index * size }), number(entry, 4) == 3 else { continue }
            guard let start = number(entry + 8, 8), let length = number(entry + 32, 8), start >= 0, length > 1,
                start <= head.count, length <= head.count - start
            else { return nil }
            return String(decoding: head[start..<(start + length - 1)], as: UTF8.self)
        }
        return nil
    }
}
