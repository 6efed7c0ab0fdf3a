internal import CHostShims

/// A descriptor that a child gets.
package struct DescriptorMapping: Sendable, Hashable {
    /// The descriptor's number in the child.
    package var child: Int32
    /// The caller's descriptor, borrowed; nil for `/dev/null`, open for reading and writing.
    package var parent: Int32?

    package init(child: Int32, parent: Int32) {
        self.child = child
        self.parent = parent
    }

    private init(null child: Int32) {
        self.child = child
        parent = nil
    }

    /// `/dev/null` under this number.
    package static func null(child: Int32) -> DescriptorMapping { DescriptorMapping(null: child) }
}

/// A file where a launcher, as `runc run --detach --pid-file`, writes the number of the process that it leaves.
package struct FollowedFile: Sendable, Hashable {
    /// A descriptor of the file's folder, opened with `O_PATH` or for reading; borrowed for the call of ``spawn(_:)``.
    package var folder: Int32
    /// The file's name in it: 1 to 32 bytes, without a slash.
    ///
    /// The file holds a decimal number, and perhaps a newline after it. A symlink is not followed. Once the launcher has
    /// exited with 0, the waiter renames the file to ``leftName``: who waits for that knows that the launcher succeeded.
    package var name: String

    package var leftName: String { name + SBX_FOLLOWED_SUFFIX }

    package init(folder: Int32, name: String) {
        self.folder = folder
        self.name = name
    }
}

/// A user namespace for a child, and who it is there.
package struct NamespaceEntry: Sendable, Hashable {
    /// A descriptor of the namespace, borrowed; the caller must own it, or be root.
    package var namespace: Int32
    package var user: UInt32
    package var group: UInt32

    package init(namespace: Int32, user: UInt32, group: UInt32) {
        self.namespace = namespace
        self.user = user
        self.group = group
    }
}

/// A process to start: all that it gets from us, and nothing besides.
///
/// The child has the descriptors of `descriptors` alone, every signal at its default and none blocked, and exactly
/// `environment`. What is not named here it inherits: user, groups, limits, scheduling.
package struct SpawnRequest: Sendable {
    /// A descriptor of an ELF file, opened with `O_PATH` or for reading; borrowed, and made close-on-exec in the child.
    ///
    /// A script fails with ENOENT: its interpreter could not open it (execveat(2), BUGS).
    package var executable: Int32
    /// The argument vector, the program's own name included; 131,071 bytes each at most.
    package var arguments: [String]
    /// Entries of the form `NAME=VALUE`, passed on as they are.
    package var environment: [String]
    /// At most 256, whose numbers may overlap with the caller's in any way.
    ///
    /// Two mappings to one number are refused.
    package var descriptors: [DescriptorMapping]
    package var workingDirectory: String
    /// The umask of the child; nil for the caller's.
    package var fileCreationMask: UInt32?
    /// Starts a session, and in it a process group, of the child's own (setsid(2)).
    package var newSession: Bool
    /// Number in the child of the terminal that controls its new session (`TIOCSCTTY`).
    package var controllingTerminal: Int32?
    /// Drops all supplementary groups; needs CAP_SETGID.
    package var clearSupplementaryGroups: Bool
    /// The kernel kills the child when the *thread* that started it ends (`PR_SET_PDEATHSIG`).
    ///
    /// An executable that is setuid or has file capabilities loses this (prctl(2)).
    package var killOnParentDeath: Bool
    /// Starts the child below a waiter: a small process of ours that is the subreaper of this one launch.
    ///
    /// For a program that is not to become a subreaper itself. The child then leads a session of its own and is killed
    /// with the waiter, whatever `newSession` and `killOnParentDeath` say. When it has ended the waiter kills all that
    /// is left below it, for a second at most; only then is the end told, with ``ChildEnd/survivors``. The same happens
    /// when this process ends, by KILL too, or executes another program, and when the last reference to the child is let
    /// go. Only processes that this user may not kill outlive that; and, where somebody kills the waiter, what has left
    /// the child's session. What left it is found by `/proc`, which has to be that of this PID namespace.
    ///
    /// Costs a fork(2) of this process: some 0.3 ms, and 20 to 40 µs for each MiB of its own memory. Linux only.
    package var underWaiter: Bool
    /// When the child has ended, its waiter kills what that left and does not wait for it.
    ///
    /// For a caller that is a subreaper itself, and a child whose processes all end with the ones that the waiter sees:
    /// those of a PID namespace with its first, which takes the kernel milliseconds.
    package var waiterLeavesRest: Bool
    /// The child is a launcher: once it has exited with 0, its waiter follows the process that this file names.
    ///
    /// That process then takes the child's place: it is its end that is waited for and told, with
    /// ``ChildEnd/isOfFollowed``, also when it came before the launcher's own. The child itself stays what the
    /// ``ChildProcess`` names and signals. The process has to be an orphan of the launcher's, at the latest five seconds
    /// after the launcher's end; else, and when the launcher failed, the launcher's end is told, and what it left is
    /// ended. A followed process outlives a waiter that somebody kills. Only with `underWaiter`.
    package var followedFile: FollowedFile?
    /// The user namespace that the child joins before it is executed; nil for the caller's.
    ///
    /// Its supplementary groups are gone then. Linux only.
    package var userNamespace: NamespaceEntry?

    package init(
        executable: Int32,
        arguments: [String],
        environment: [String] = [],
        descriptors: [DescriptorMapping] = [],
        workingDirectory: String = "/",
        fileCreationMask: UInt32? = nil,
        newSession: Bool = false,
        controllingTerminal: Int32? = nil,
        clearSupplementaryGroups: Bool = false,
        killOnParentDeath: Bool = false,
        underWaiter: Bool = false,
        waiterLeavesRest: Bool = false,
        followedFile: FollowedFile? = nil,
        userNamespace: NamespaceEntry? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.workingDirectory = workingDirectory
        self.fileCreationMask = fileCreationMask
        self.newSession = newSession
        self.controllingTerminal = controllingTerminal
        self.clearSupplementaryGroups = clearSupplementaryGroups
        self.killOnParentDeath = killOnParentDeath
        self.underWaiter = underWaiter
        self.waiterLeavesRest = waiterLeavesRest
        self.followedFile = followedFile
        self.userNamespace = userNamespace
    }
}
