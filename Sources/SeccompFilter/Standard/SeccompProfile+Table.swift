extension SeccompProfile {
    /// The default profile for people, in Markdown: what is allowed, judged, refused and unknown, and which capability
    /// allows what is refused.
    package static var table: String {
        """
        # The default seccomp filter

        What `security.seccomp: "default"` lets a command call on x86-64 and arm64. Calls of other architectures, x32 and the
        processor's own 32-bit one among them, end the process. A call that is not in this table, being newer, gets ENOSYS, and
        programs fall back as on an older kernel. This file is made by `SeccompProfile.table` from the table in
        Sources/SeccompFilter/Standard; a test keeps them equal (SBXPIPE_RECORD=1 writes it anew).

        ## Refused with EPERM
        A capability that the command keeps allows what it is for.

        | calls | why | allowed by |
        | --- | --- | --- |
        \(lines(SystemCallTable.refused, withCapabilities: true))

        ## Judged by their arguments
        What is refused fails with EPERM.

        | calls | refused | allowed by |
        | --- | --- | --- |
        \(SystemCallTable.judged.map(line).joined(separator: "\n"))

        ## Unknown: ENOSYS
        | calls | what they are |
        | --- | --- |
        \(lines(SystemCallTable.unknown, withCapabilities: false))

        ## Allowed
        | calls | what for |
        | --- | --- |
        \(lines(SystemCallTable.allowed, withCapabilities: false))

        """
    }

    private static func lines(_ groups: [SystemCallGroup], withCapabilities: Bool) -> String {
        groups.map { group in
            let capabilities = group.capabilities.map { "CAP_\($0)" }.joined(separator: ", ")
            let end = withCapabilities ? " \(capabilities.isEmpty ? "nothing" : capabilities) |" : ""
            return "| \(group.calls.sorted().joined(separator: " ")) | \(group.purpose) |\(end)"
        }.joined(separator: "\n")
    }

    private static func line(_ calls: JudgedCalls) -> String {
        let capabilities = calls.capabilities.map { "CAP_\($0.name): \($0.allowed)" }.joined(separator: "; ")
        let end = capabilities.isEmpty ? "nothing" : capabilities
        return "| \(calls.calls.joined(separator: " ")) | \(calls.refused) | \(end) |"
    }
}
