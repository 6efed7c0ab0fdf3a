#if canImport(CSeccomp)
internal import CSeccomp

/// A filter that refuses new user namespaces and nothing else.
///
/// A process that is root in a user namespace of its own has a mount namespace in which covers are not its own: there it
/// detaches the tree, and folders above a cover can be renamed (tried). So where covers must hold, unshare(2) and
/// clone(2) with CLONE_NEWUSER fail with EPERM, and clone3(2), whose flags a filter can't see, with ENOSYS, at which
/// libc falls back to clone(2). Architectures other than the native one and its 32-bit sibling are killed.
package enum UserNamespaceGuard {
    /// Writes the compiled filter (an array of struct sock_filter) to a descriptor.
    ///
    /// - Throws: ``SeccompError``.
    package static func write(to descriptor: Int32) throws(SeccompError) {
        guard let filter = unsafe seccomp_init(cseccomp_allow()) else {
            throw SeccompError(operation: "make a filter", number: 12)
        }
        defer { unsafe seccomp_release(filter) }
        // CLONE_NEWUSER of sched.h, EPERM and ENOSYS.
        let newUser: UInt64 = 0x1000_0000
        try unsafe check("add an architecture", cseccomp_add_compatible(filter))
        try unsafe check("refuse unshare", cseccomp_refuse_flag(filter, 1, "unshare", 0, newUser))
        try unsafe check("refuse clone", cseccomp_refuse_flag(filter, 1, "clone", 0, newUser))
        try unsafe check("refuse clone3", cseccomp_refuse(filter, 38, "clone3"))
        try unsafe check("compile the filter", seccomp_export_bpf(filter, descriptor))
    }

    private static func check(_ operation: String, _ result: Int32) throws(SeccompError) {
        if result != 0 { throw SeccompError(operation: operation, number: -result) }
    }
}
#else
/// No filter: there is no libseccomp here.
package enum UserNamespaceGuard {
    /// Refuses, so that nothing is started that was to have one.
    ///
    /// - Throws: ``SeccompError``.
    package static func write(to descriptor: Int32) throws(SeccompError) {
        throw SeccompError(operation: "make a filter on this system", number: 0)
    }
}
#endif
