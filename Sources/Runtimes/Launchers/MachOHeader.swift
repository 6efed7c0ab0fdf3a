/// The first bytes of a program of macOS (mach-o/loader.h, mach-o/fat.h).
enum MachOHeader {
    #if os(macOS)
    /// Whether a file is a 64-bit program or a universal one; which processors it is for, the kernel tells.
    static func isNative(_ head: [UInt8]) -> Bool {
        head.starts(with: [0xCF, 0xFA, 0xED, 0xFE]) || head.starts(with: [0xCA, 0xFE, 0xBA, 0xBE])
    }
    #else
    /// No other system executes them.
    static func isNative(_ head: [UInt8]) -> Bool { false }
    #endif
}
