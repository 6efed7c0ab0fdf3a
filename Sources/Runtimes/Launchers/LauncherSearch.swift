package import HostFiles

/// Why a launcher can't be used.
package struct LauncherProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it.
    package enum Kind: Sendable, Hashable {
        /// There is none.
        case missing
        /// Others than the caller may change it.
        case unsafe
        /// It did not answer within the time limit, or wrote without end.
        case hung, flooded
        /// Anything else.
        case unusable
    }

    package let message: String
    package let hint: String?
    package let kind: Kind
    /// Whether there is none, rather than one that can't be used.
    package var isMissing: Bool { kind == .missing }

    /// Whether its path was named, and not just searched for.
    package let isNamed: Bool

    package init(_ message: String, hint: String? = nil, kind: Kind = .unusable, isNamed: Bool = false) {
        self.isNamed = isNamed
        self.message = message
        self.hint = hint
        self.kind = kind
    }

    package var description: String { message }
}

/// A launcher found on this host, open: the file that is checked is the file that is executed.
package struct FoundLauncher: ~Copyable {
    /// Absolute, symlinks resolved.
    package let path: String
    package let status: FileStatus
    /// Opened with O_PATH.
    package let file: OwnedDescriptor

    /// What changes when the file does: device, inode, mode, owner, size, times.
    package var fingerprint: String { Self.fingerprint(status) }

    /// Whether it last changed more than two seconds ago; a younger one may change again with the same times.
    package var isSettled: Bool { HostSystem.realTime() - status.changed > 2_000_000_000 }

    package static func fingerprint(_ status: FileStatus) -> String {
        "\(status.device):\(status.inode):\(String(status.permissions, radix: 8)):\(status.owner):\(status.size)"
            + ":\(status.modified):\(status.changed)"
    }

    init(path: String, status: FileStatus, file: consuming OwnedDescriptor) {
        self.path = path
        self.status = status
        self.file = file
    }
}

/// Finds a launcher by its variable or on PATH, and refuses one that others may change.
package enum LauncherSearch {
    /// The variable that names a launcher's path: `SBXPIPE_BWRAP` for `bwrap`.
    package static func variable(_ name: String) -> String { "SBXPIPE_" + name.uppercased() }

    /// Looks at the variable's path, else at the absolute entries of PATH in order.
    ///
    /// - Throws: ``LauncherProblem`` when there is none, or the first one found is not safe to execute.
    package static func find(
        _ name: String,
        environment: [String: String],
        identity: HostIdentity
    ) throws(LauncherProblem) -> FoundLauncher {
        if let named = environment[variable(name)], !named.isEmpty {
            return try open(named, of: name, by: variable(name), identity: identity)
        }
        for entry in (environment["PATH"] ?? "").split(separator: ":") where entry.hasPrefix("/") {
            let path = AbsolutePath.join(AbsolutePath.normalised(String(entry)), name)
            if let found = try candidate(path, name, identity) { return found }
        }
        throw LauncherProblem(
            "\(name) is not on PATH",
            hint: hint(for: name),
            kind: .missing
        )
    }

    /// Opens the launcher of that name at a path; `source` is what named the path, for errors.
    ///
    /// - Throws: ``LauncherProblem`` when there is none, or it is not safe to execute.
    package static func open(
        _ path: String,
        of name: String,
        by source: String,
        identity: HostIdentity
    ) throws(LauncherProblem) -> FoundLauncher {
        guard path.hasPrefix("/") else {
            throw LauncherProblem("\(source) is not an absolute path: \(Printable.escaped(path))")
        }
        guard let found = try candidate(path, name, identity) else {
            throw LauncherProblem("\(source): no such file: \(Printable.escaped(path))", kind: .missing, isNamed: true)
        }
        return found
    }

    /// Debian has runc where an ordinary user's PATH does not lead.
    private static func hint(for name: String) -> String {
        for folder in ["/usr/local/sbin", "/usr/sbin", "/sbin"] {
            let path = AbsolutePath.join(folder, name)
            if FileMode.mayExecute(path) { return "there is \(path): say \(variable(name))=\(path)" }
        }
        return "install Debian's package \(package(name))"
    }

    private static func package(_ name: String) -> String {
        ["bwrap": "bubblewrap", "tini-static": "tini", "newuidmap": "uidmap", "newgidmap": "uidmap"][name] ?? name
    }

    /// Nil where there is no executable file.
    private static func candidate(
        _ path: String,
        _ name: String,
        _ identity: HostIdentity
    ) throws(LauncherProblem) -> FoundLauncher? {
        guard let status = (try? FileStatus.of(path, following: true)) ?? nil, status.kind == .file,
            FileMode.mayExecute(path), let real = try real(path, name, identity)
        else { return nil }
        do throws(FileError) {
            let file = try OwnedDescriptor.open(real, [.pathOnly])
            let opened = try FileStatus.of(descriptor: file.number, path: real)
            guard opened == status else {
                throw FileError(
                    code: .notRegular,
                    operation: "open",
                    path: real,
                    reason: "changes while it is looked at"
                )
            }
            guard try startsAsELF(real) else {
                throw FileError(code: .notRegular, operation: "use", path: real, reason: "is not an ELF program")
            }
            return FoundLauncher(path: real, status: opened, file: file)
        } catch {
            throw LauncherProblem("launcher \(Printable.escaped(path)): \(error.reason)")
        }
    }

    private static func startsAsELF(_ path: String) throws(FileError) -> Bool {
        let file = try OwnedDescriptor.open(path, [.read, .nonBlocking])
        return try FileContent.read(descriptor: file.number, at: 0, count: 4) == [0x7F, 0x45, 0x4C, 0x46]
    }

    /// The path without symlinks; nil when something of it went away.
    ///
    /// Walks as the kernel does (path_resolution(7)), and refuses whatever others may exchange on the way: a folder or
    /// the file that they may write, a symlink of theirs in a sticky folder.
    private static func real(
        _ path: String,
        _ launcher: String,
        _ identity: HostIdentity
    ) throws(LauncherProblem) -> String? {
        var rest: [String] = AbsolutePath.components(path).reversed()
        var current = "/"
        var links = 0
        try refuse("/", of: path, launcher, ifOthersMayWrite: (try? FileStatus.of("/")) ?? nil, identity)
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                current = AbsolutePath.parent(current)
                continue
            }
            let next = AbsolutePath.join(current, name)
            guard let status = (try? FileStatus.of(next)) ?? nil else { return nil }
            try refuse(next, of: path, launcher, ifOthersMayWrite: status, identity)
            guard status.kind == .symlink else {
                current = next
                continue
            }
            links += 1
            // The kernel follows 40 (MAXSYMLINKS).
            guard links <= 40, let target = try? Folder.target(of: next) else { return nil }
            if AbsolutePath.isAbsolute(target) { current = "/" }
            rest += AbsolutePath.components(target).reversed()
        }
        return current
    }

    private static func refuse(
        _ culprit: String,
        of path: String,
        _ launcher: String,
        ifOthersMayWrite status: FileStatus?,
        _ identity: HostIdentity
    ) throws(LauncherProblem) {
        guard let status else { return }
        // A symlink has no mode of its own: whoever owns it may exchange it even where the folder is sticky.
        let isOthers =
            status.kind == .symlink
            ? status.owner != 0 && status.owner != identity.user : status.writableByOthers(than: identity.user)
        guard isOthers else { return }
        throw LauncherProblem(
            "launcher \(Printable.escaped(path)): others may write to \(Printable.escaped(culprit))",
            hint: "make it writable by its owner alone, or name another with \(variable(launcher))",
            kind: .unsafe
        )
    }
}
