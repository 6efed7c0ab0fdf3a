package import HostFiles
import HostProcess
import ResolveStage

/// What of the host decides whether runtimes work; tests bring their own.
package struct DoctorHost: Sendable {
    package var identity: HostIdentity
    /// The caller's name; nil for one without an account.
    package var userName: String?
    /// The caller's PATH.
    package var path: String
    /// The content of a file; nil when it can't be read.
    package var read: @Sendable (String) -> String?
    /// Whether a path leads to a program that the caller may execute.
    package var isProgram: @Sendable (String) -> Bool
    /// How cgroups are mounted: `unified`, `hybrid`, `v1` or `none`.
    package var cgroups: String
    /// Controllers that the caller can make a cgroup with.
    package var controllers: Set<String>

    package init(
        identity: HostIdentity,
        userName: String?,
        path: String,
        read: @escaping @Sendable (String) -> String?,
        isProgram: @escaping @Sendable (String) -> Bool,
        cgroups: String,
        controllers: Set<String>
    ) {
        self.identity = identity
        self.userName = userName
        self.path = path
        self.read = read
        self.isProgram = isProgram
        self.cgroups = cgroups
        self.controllers = controllers
    }

    /// This host, as it is now.
    package static func current(_ context: PipelineContext) -> DoctorHost {
        DoctorHost(
            identity: context.identity,
            userName: context.accounts.user(context.identity.user)?.name,
            path: context.environment["PATH"] ?? "",
            read: { try? ProcText.read($0) },
            isProgram: { path in
                let status = (try? FileStatus.of(path, following: true)) ?? nil
                return status?.kind == .file && FileMode.mayExecute(path)
            },
            cgroups: HostProbes.cgroupLayout,
            controllers: Set(ControlGroupPlaces.current().places.keys)
        )
    }

    /// A number that a file below /proc/sys holds; nil where this kernel has none.
    func number(_ path: String) -> Int? { read(path).flatMap { Int($0.filter { !$0.isWhitespace }) } }

    /// What a line of a file has behind a label.
    func field(_ label: String, of path: String) -> String? {
        let line = (read(path) ?? "").split(separator: "\n").first { $0.hasPrefix(label) }
        return line.map { $0.dropFirst(label.count).filter { !$0.isWhitespace } }
    }

    /// The first folder of PATH, or of those that an ordinary user's PATH lacks, that has a program.
    func folder(of program: String, besides: [String] = []) -> String? {
        let folders = path.split(separator: ":").filter { $0.hasPrefix("/") }.map(String.init) + besides
        return folders.first { isProgram(AbsolutePath.join($0, program)) }
    }

    /// Where Debian puts what it means for root.
    static let systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"]
}
