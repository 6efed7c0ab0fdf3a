#if canImport(CSeccomp)
internal import CSeccomp

/// What libseccomp has names for.
enum LibraryNames {
    /// "libseccomp 2.5.4".
    static var library: String {
        guard let version = unsafe seccomp_version()?.pointee else { return "libseccomp" }
        return "libseccomp \(version.major).\(version.minor).\(version.micro)"
    }

    /// Whether a system call of that name is known, be it that of another architecture.
    static func knows(call: String) -> Bool { number(ofCall: call) != nil }

    /// The number on this machine, or a negative one that stands for a call of other architectures; nil when unknown.
    static func number(ofCall name: String) -> Int32? {
        let number = unsafe seccomp_syscall_resolve_name(name)
        return number == cseccomp_unknown_call() ? nil : number
    }

    /// Whether an architecture of that OCI name is known.
    static func knows(architecture: String) -> Bool { token(ofArchitecture: architecture) != nil }

    /// libseccomp's token for an OCI name; nil when it has none.
    static func token(ofArchitecture name: String) -> UInt32? {
        let short = name.dropFirst(SeccompTerms.architecturePrefix.count).lowercased()
        let token = unsafe seccomp_arch_resolve_name(short)
        return token == 0 ? nil : token
    }
}
#else
/// No names: without libseccomp a profile is read for its shape alone, and never compiled.
enum LibraryNames {
    static var library: String { "this system" }
    static func knows(call: String) -> Bool { true }
    static func knows(architecture: String) -> Bool { true }
}
#endif
