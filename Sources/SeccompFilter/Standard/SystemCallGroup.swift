/// System calls that are answered alike for one reason.
struct SystemCallGroup: Sendable {
    /// What they are for, as a person reads it in the table.
    let purpose: String
    /// Their names on x86-64 and arm64.
    let calls: [String]
    /// Capabilities by name without `CAP_`, each of which allows the calls where they are else refused.
    let capabilities: [String]

    /// A group whose names stand in a text, with spaces and line ends between them.
    init(_ purpose: String, unless capabilities: [String] = [], _ calls: String) {
        self.purpose = purpose
        self.capabilities = capabilities
        self.calls = calls.split { $0 == " " || $0 == "\n" }.map(String.init)
    }
}

/// System calls whose arguments decide.
struct JudgedCalls: Sendable {
    let calls: [String]
    /// What of them is refused, for the table.
    let refused: String
    /// Capabilities without `CAP_` that lift the refusal or a part of it, each with what it allows.
    let capabilities: [(name: String, allowed: String)]
    /// The rules for whoever has these capabilities; no two of different actions hold at once.
    let rules: @Sendable (Set<String>) -> [SeccompRule]
}

/// What the default profile says of each system call: one group has it.
///
/// Made from syscalls(2), capabilities(7) and the page of each call (Linux man-pages 6.03), and from what libseccomp
/// knows beyond them; what is newer than both gets ENOSYS, as from the kernel before it.
enum SystemCallTable {
    /// Whether capabilities allow what is refused otherwise.
    static func lifts(_ capabilities: [String], _ kept: Set<String>) -> Bool { !kept.isDisjoint(with: capabilities) }
}
