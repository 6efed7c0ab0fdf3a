extension SeccompProfile {
    /// The default profile: what ordinary programs call is allowed, what the table refuses fails with EPERM, and what it
    /// does not know with ENOSYS, so that programs fall back as on an older kernel.
    ///
    /// No capability lifts the refusal of new user namespaces (``UserNamespaceGuard``).
    ///
    /// - Parameters:
    ///   - machine: As uname(2) names it: `x86_64` and `aarch64`; any other machine's own is what the library takes it for.
    ///   - capabilities: Those that the command keeps, in either case and with or without `CAP_`: what one of them is for
    ///     is not refused.
    /// - Returns: The profile, whose lists are in the same order every time.
    package static func standard(machine: String, capabilities: some Sequence<String> = []) -> SeccompProfile {
        let kept = Set(capabilities.map { $0.uppercased() }.map { $0.hasPrefix("CAP_") ? String($0.dropFirst(4)) : $0 })
        let lifted = SystemCallTable.refused.filter { SystemCallTable.lifts($0.capabilities, kept) }
        let refused = SystemCallTable.refused.filter { !SystemCallTable.lifts($0.capabilities, kept) }
        let allowed = SystemCallTable.allowed + lifted
        return SeccompProfile(
            // ENOSYS and EPERM.
            defaultAction: .errno(38),
            // One alone: a 32-bit sibling's calls, whose socketcall(2) no filter sees into, end the process, and libseccomp,
            // in runc too, takes twice as long for two.
            architectures: machines.contains(machine) ? [SeccompTerms.architecturePrefix + machine.uppercased()] : [],
            flags: [],
            rules: [
                SeccompRule(refused.flatMap(\.calls).sorted(), .errno(1)),
                SeccompRule(allowed.flatMap(\.calls).sorted(), .allow),
            ] + SystemCallTable.judged.flatMap { $0.rules(kept) }
        )
    }

    private static let machines: Set = ["x86_64", "aarch64"]
}
