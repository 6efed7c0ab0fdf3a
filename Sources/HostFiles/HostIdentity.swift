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

    package static func current() -> HostIdentity {
        let count = getgroups(0, nil)
        var groups = [gid_t](repeating: 0, count: max(0, Int(count)))
        let filled = unsafe getgroups(Int32(groups.count), &groups)
        let main = getegid()
        let status = (try? ProcText.read("/proc/self/status")) ?? ""
        let capabilities = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        return HostIdentity(
            user: geteuid(),
            group: main,
            supplementaryGroups: groups.prefix(max(0, Int(filled))).filter { $0 != main }.sorted(),
            capabilities: String(capabilities?.split(separator: "\t").last ?? "")
        )
    }
}

/// Small files below /proc and /sys, whose size the kernel does not tell.
package enum ProcText {
    package static func read(_ path: String) throws(FileError) -> String {
        let file = try OwnedDescriptor.open(path, [.read])
        let bytes = try FileContent.read(descriptor: file.number, limit: 4 << 20, path: path)
        return String(decoding: bytes, as: UTF8.self)
    }
}
