/// One entry of a layer as images have them: with owners and hard links, and names that begin with `./` or don't.
package struct LayerEntry: Sendable, Hashable {
    /// What an entry is.
    package enum Kind: Sendable, Hashable {
        case file
        case directory
        /// The target is any bytes but NUL and none.
        case symlink(target: [UInt8])
        /// Another name of what lies at a path, which is one as ``LayerEntry/path`` has it.
        case hardLink(target: [UInt8])
        /// A device of those that each `/dev` has: nothing is made of it.
        case usualDevice
    }

    /// Relative, components parted by one `/`, none of them empty, `.` or `..`; none for the top.
    package let path: [UInt8]
    package let kind: Kind
    /// The permission bits with setuid, setgid and sticky.
    package let mode: UInt16
    /// The body's length in bytes; 0 for what is no file.
    package let size: Int64
    /// The time of the last change, in whole seconds since 1970.
    package let modified: Int64
    package let user: UInt32
    package let group: UInt32
}
