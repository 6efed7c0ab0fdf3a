/// What a command may do, said in few words, from which a ``SandboxSpecification`` is derived.
///
/// A denial beats whatever allows, also for a folder above or below what it names and for other names of the same file.
/// Paths are absolute, begin with `~`, or are relative to the folder that the specification is made for. Nothing of a
/// policy is ever left out: what can't be enforced is an error of ``Pipeline/plan(_:)``.
public struct SandboxPolicy: Sendable, Hashable {
    /// What of the host the command may read.
    public enum Readable: Sendable, Hashable {
        /// All that the preset does not hide: with both presets shadow files, private ssh keys of the host, other people's
        /// homes and, as root, `/root` are hidden, and `/run`, `/tmp`, `/var/tmp` and `/dev/shm` are empty and private.
        case host
        /// `/usr`, `/bin`, `/sbin`, `/lib*` and `/etc`, and these paths, of which those that don't exist are passed over.
        /// Folders above them are empty otherwise, and lie in memory. Goes with ``Preset/restricted`` alone.
        case systemFolders(and: [String])
    }

    /// A set of defaults for namespaces, capabilities and mounts.
    public enum Preset: String, Sendable, Hashable, CaseIterable {
        /// All namespaces; the capabilities KILL, NET_BIND_SERVICE and SETPCAP within them.
        case baseline
        /// Always a user namespace too, and no capability. A caller with supplementary groups that it can't drop is
        /// refused.
        case restricted
    }

    /// Bounds of the command.
    ///
    /// This version enforces none of them: each that is set is an error of ``Pipeline/plan(_:)`` with
    /// ``SandboxError/Code/notEnforced``.
    public struct Resources: Sendable, Hashable {
        /// In bytes.
        public var memory: Int64?
        /// Processes and threads.
        public var processes: Int?
        /// In processors, as 1.5.
        public var processors: Double?
        /// Descriptors a process.
        public var openFiles: Int?
        /// Of the whole run; counted in milliseconds.
        public var timeout: Duration?

        /// No bounds.
        public init() {}
    }

    /// Files and folders of the host that the command may change; those that don't exist are passed over.
    ///
    /// `/` makes all of the host writable that is readable.
    public var allowWrite: [String] = []
    /// Files and folders that it may not change.
    ///
    /// One that does not exist in a folder that it may write is an error, as it could be made there.
    public var denyWrite: [String] = []
    /// Files and folders that it may not read; in their places are empty ones that can't be written.
    ///
    /// Those that don't exist are passed over.
    public var denyRead: [String] = []
    /// What it may read.
    public var readable = Readable.host
    /// Whether it has the host's network; else it has a loopback of its own and nothing else.
    public var allowNetwork = false
    /// Variables that it has, over those that it inherits.
    public var environment: [String: String] = [:]
    /// Names, with wildcards, of the variables that it inherits from the pipeline's environment; nil for the usual ones.
    public var inheritedVariables: [String]?
    /// The preset; nil for the one that goes with ``readable-swift.property``.
    public var preset: Preset?
    /// Its bounds.
    public var resources = Resources()

    /// A policy that allows reading the host and nothing else.
    public init() {}

    /// The specification of a command under this policy.
    ///
    /// Symlinks in the policy's paths are followed, and what is missing is told from what is there, as the host is now.
    ///
    /// - Parameters:
    ///   - command: The arguments, the first of them the command.
    ///   - workingFolder: Where it starts; absolute, inside. The folder itself is no permission.
    ///   - folder: Where the policy's relative paths start; relative to the working folder of this process.
    ///   - name: The specification's name; nil for one made of the command.
    /// - Returns: The specification that does what the policy says.
    /// - Throws: ``SandboxError`` with `invalidSpecification`, as for a preset that does not go with ``readable-swift.property``.
    public func specification(
        for command: [String],
        workingFolder: String = "/",
        folder: String = ".",
        name: String? = nil
    ) throws(SandboxError) -> SandboxSpecification {
        let draft: SpecDraft
        do {
            let base = try SandboxSpecification.absolute(folder)
            var lowering = try PolicyLowering(self, folder: base)
            draft = try lowering.draft(SpecDraft(command: command, workingFolder: workingFolder, name: name))
        } catch {
            throw SandboxError(error, source: "")
        }
        return try SandboxSpecification(draft, folder: folder)
    }
}
