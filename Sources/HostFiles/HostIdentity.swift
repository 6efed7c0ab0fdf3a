#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Who runs this process, as the kernel knows it; no name service is asked.
package struct HostIdentity: Sendable, Hashable {
    package let user: UInt32
    package let group: UInt32
    /// Supplementary groups without the main one, sorted.
    package let supplementaryGroups: [UInt32]
    /// Effective capabilities as the mask of /proc/self/status, 16 hex digits; empty where there is none.
    package let capabilities: String

    package init(user: UInt32, group: UInt32, supplementaryGroups: [UInt32], capabilities: String) {
        self.user = user
        self.group = group
        self.supplementaryGroups = supplementaryGroups
        self.capabilities = capabilities
    }

    package var isRoot: Bool { user == 0 }

    /// The number of this process.
    package static var processID: Int32 { getpid() }

    package static func current() -> HostIdentity {
        let count = getgroups(0, nil)
        var groups = [gid_t](repeating: 0, count: max(0, Int(count)))
        let filled = unsafe getgroups(Int32(groups.count), &groups)
        let main = getegid()
        return HostIdentity(
            user: geteuid(),
            group: main,
            supplementaryGroups: groups.prefix(max(0, Int(filled))).filter { $0 != main }.sorted(),
            capabilities: ProcText.field("CapEff:\t", of: "/proc/self/status") ?? ""
        )
    }
}

/// Small files below /proc and /sys, whose size the kernel does not tell.
package enum ProcText {
    package static func read(_ path: String) throws(FileError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// What follows a label at the start of a line, to the line's end.
    package static func field(_ label: String, of path: String) -> String? {
        guard let bytes = try? bytes(path) else { return nil }
        let wanted = Array(label.utf8)
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            if bytes[start..<end].starts(with: wanted) {
                return String(decoding: bytes[(start + wanted.count)..<end], as: UTF8.self)
            }
            start = end + 1
        }
        return nil
    }

    private static func bytes(_ path: String) throws(FileError) -> [UInt8] {
        let file = try OwnedDescriptor.open(path, [.read])
        return try FileContent.read(descriptor: file.number, limit: 4 << 20, path: path)
    }
}
