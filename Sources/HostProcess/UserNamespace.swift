internal import CHostShims
package import HostFiles

/// A new user namespace whose ids others map: held by a process of ours, which ends with this value or this process.
///
/// A descriptor of it (``open()``) keeps it when the holder is gone.
package struct UserNamespace: ~Copyable {
    private var holder = sbx_namespace_holder()

    /// Makes one, whose maps are empty.
    ///
    /// - Throws: ``ProcessError`` where the system allows none.
    package init() throws(ProcessError) {
        _ = try checked("make a user namespace", unsafe sbx_namespace_hold(&holder))
    }

    /// The process whose `/proc/N/uid_map` and `gid_map` are to be written.
    package var processID: Int32 { holder.process }

    /// A descriptor of the namespace.
    ///
    /// - Throws: ``FileError``.
    package func open() throws(FileError) -> OwnedDescriptor { try Self.open(of: holder.process) }

    /// A descriptor of one below it that is owned by this user and group of it, and where all ids are what they are in
    /// it; once, after the maps were written, whose lines have these counts of ids.
    ///
    /// - Throws: ``ProcessError``, ``FileError``.
    package func nest(user: UInt32, group: UInt32, users: [UInt32], groups: [UInt32]) throws -> OwnedDescriptor {
        var (userCounts, groupCounts) = (sbx_namespace_counts(), sbx_namespace_counts())
        Self.fill(&userCounts, users)
        Self.fill(&groupCounts, groups)
        let process = unsafe withUnsafePointer(to: holder) { holder in
            unsafe sbx_namespace_nest(holder, user, group, &userCounts, &groupCounts)
        }
        return try Self.open(of: try checked("make a user namespace below", process))
    }

    private static func fill(_ counts: inout sbx_namespace_counts, _ values: [UInt32]) {
        let kept = values.prefix(Int(SBX_NAMESPACE_MAX_LINES))
        counts.lines = UInt32(kept.count)
        unsafe withUnsafeMutableBytes(of: &counts.counts) { bytes in
            let lines = unsafe bytes.bindMemory(to: UInt32.self)
            for (index, value) in kept.enumerated() { unsafe lines[index] = value }
        }
    }

    /// Gives a folder, and all in it, to id 0 of a user namespace, and its owner all permissions of the folders.
    ///
    /// - Throws: ``ProcessError``.
    package static func takeOwnership(ofTreeAt folder: Int32, within namespace: Int32) throws(ProcessError) {
        _ = try checked("take files back", sbx_namespace_own(namespace, folder))
    }

    private static func open(of process: Int32) throws(FileError) -> OwnedDescriptor {
        try OwnedDescriptor.open("/proc/\(process)/ns/user", [.read])
    }

    deinit {
        var holder = holder
        unsafe sbx_namespace_release(&holder)
    }
}
