/// One thing done at a path inside while a sandbox is set up, with everything of the host filled in.
package struct MountOperation: Sendable, Hashable {
    package enum Action: Sendable, Hashable {
        /// Shows a host file or folder with all that is mounted below it.
        case bind(source: String, writable: Bool, devices: Bool)
        case symlink(target: String)
        case tmpfs(size: Int64?, permissions: String)
        /// A folder, made where its parent is a file system of the sandbox's own.
        case folder
        case text(String, permissions: String)
        /// A file with the value of a secret of that name, which only its owner may read.
        case secret(String)
        /// An empty folder that can't be written.
        case emptyFolder
        /// A file that can't be opened: the host's null device on a mount without devices.
        case emptyFile
        case proc
        case devices
    }

    /// Who asked for it; a later one wins over an earlier one at the same path.
    package enum Origin: Int, Sendable, Hashable, Comparable {
        case root, preset, spec, rule, cover

        package static func < (left: Origin, right: Origin) -> Bool { left.rawValue < right.rawValue }
    }

    package let at: String
    package let action: Action
    package let origin: Origin
    /// The field of the spec, for messages.
    package let field: String

    package init(_ action: Action, at: String, origin: Origin, field: String) {
        self.at = at
        self.action = action
        self.origin = origin
        self.field = field
    }

    /// The host path that a bind shows.
    package var source: String? {
        if case .bind(let source, _, _) = action { return source }
        return nil
    }

    package var isWritable: Bool {
        switch action {
        case .bind(_, let writable, _): writable
        case .tmpfs, .folder: true
        default: false
        }
    }

    /// Whether the launcher may make mount points in it: a file system of the sandbox's own.
    package var takesMountPoints: Bool {
        switch action {
        case .tmpfs, .emptyFolder, .devices, .folder: true
        default: false
        }
    }
}

/// A mount or path of a spec that can't be had on this host.
package struct MountProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The field: `mounts[2].bind`.
    package let field: String
    package let message: String
    package let hint: String?

    package init(_ field: String, _ message: String, hint: String? = nil) {
        self.field = field
        self.message = message
        self.hint = hint
    }

    package var description: String { "\(field): \(message)" }
}
