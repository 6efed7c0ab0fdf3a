import HostFiles

/// How much the outputs of a run may be; more is an error, as a command may write without end on purpose.
struct OutputLimits {
    /// Files, folders and links, over all rules.
    var entries = 200_000
    /// Bytes of the files, over all rules: 64 GiB.
    var bytes: Int64 = 1 << 36
    /// Folders within each other.
    var depth = 200
}

/// What the outputs so far leave of the limits.
struct OutputBudget {
    private let limits: OutputLimits
    private var entries = 0
    private var bytes: Int64 = 0

    init(_ limits: OutputLimits) { self.limits = limits }

    /// Refuses what lies too deep; each folder on the way holds a descriptor.
    func admit(depth: Int, _ inside: String) throws(CollectError) {
        guard depth <= limits.depth else {
            // The path is as long as the tree is deep.
            let start = Printable.escaped(String(inside.prefix(60)))
            throw CollectError("outputs: more than \(limits.depth) folders within each other, at \(start)…")
        }
    }

    mutating func add(_ size: Int64, _ inside: String) throws(CollectError) {
        entries += 1
        bytes = bytes.addingReportingOverflow(size).partialValue
        guard entries <= limits.entries else {
            throw CollectError("outputs: more than \(limits.entries) files, at \(Printable.escaped(inside))")
        }
        guard bytes >= 0, bytes <= limits.bytes else {
            throw CollectError("outputs: more than \(limits.bytes) bytes, at \(Printable.escaped(inside))")
        }
    }
}
