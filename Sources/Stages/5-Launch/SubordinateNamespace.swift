import HostFiles
import HostProcess
import PipelineContracts
import Runtimes

/// A user namespace in which 0 is the caller and the other ids are its subordinate ones, for bubblewrap to start in.
///
/// Descriptors alone keep it: the process that held it open for the maps to be written is gone when this is made.
final class SubordinateNamespace {
    private let outer: OwnedDescriptor
    /// One below with the same ids, which a user other than root owns: bubblewrap has its capabilities there.
    private let inner: OwnedDescriptor?
    private let user: UInt32
    private let group: UInt32

    /// `mappers` write the maps; nil where the caller may do so itself.
    ///
    /// - Throws: ``LaunchError``, ``ProcessError``, ``FileError``.
    init(_ ids: SubordinateIDs, user: UInt32, group: UInt32, mappers: IDMappers?) throws {
        self.user = user
        self.group = group
        try ids.check(user: user, group: group)
        let holder = try UserNamespace()
        try Self.map(ids.groups, of: holder.processID, "gid_map", mappers?.groups)
        try Self.map(ids.users, of: holder.processID, "uid_map", mappers?.users)
        outer = try holder.open()
        guard user != 0 else {
            inner = nil
            innerDescriptor = nil
            return
        }
        let nested = try holder.nest(
            user: user,
            group: group,
            users: ids.users.map(\.count),
            groups: ids.groups.map(\.count)
        )
        innerDescriptor = nested.number
        inner = consume nested
    }

    /// What a launcher starts as.
    var entry: NamespaceEntry { NamespaceEntry(namespace: outer.number, user: user, group: group) }
    /// What it has to enter then; nil where it is root of its namespace.
    let innerDescriptor: Int32?

    /// Makes the caller the owner of all that lies in a folder, which its subordinate ids may own.
    ///
    /// - Throws: ``ProcessError``, ``FileError``.
    func takeOwnership(of folder: String) throws {
        let opened = try OwnedDescriptor.open(folder, [.read, .folder, .noFollow])
        try UserNamespace.takeOwnership(ofTreeAt: opened.number, within: outer.number)
    }

    private static func map(
        _ mappings: [IDMapping],
        of process: Int32,
        _ name: String,
        _ mapper: LauncherFacts?
    ) throws {
        guard let mapper else {
            let text = mappings.map { "\($0.inside) \($0.outside) \($0.count)\n" }.joined()
            let path = "/proc/\(process)/\(name)"
            let file = try OwnedDescriptor.open(path, [.write])
            return try FileContent.write(Array(text.utf8), to: file.number, path: path)
        }
        let program = try mapper.open()
        let end = try runProbe(
            executable: program.number,
            arguments: [mapper.path, String(process)]
                + mappings.flatMap { [String($0.inside), String($0.outside), String($0.count)] }
        )
        if case .ended(let end, _, _) = end, end.status == .exited(0) { return }
        guard case .ended(_, let output, _) = end else {
            throw LaunchError("user.map: \(mapper.path) did not end within 5 seconds")
        }
        let line = output.split(separator: 0x0A).first.map { Printable.escaped(String(decoding: $0, as: UTF8.self)) }
        throw LaunchError(
            "user.map: \(line ?? mapper.name + " failed")",
            hint: "it has to be setuid root, or to have the capability, and the caller without no_new_privs"
        )
    }
}

extension SubordinateIDs {
    /// Those that a launch maps, where its plan says so; as they are by now, which may be otherwise than at plan time.
    init?(of request: LaunchRequest) throws(LaunchError) {
        guard request.archive.binding.mapsSubordinateIDs else { return nil }
        self = .ofHost(name: request.host.callerName, identity: request.host.identity)
        let mapping = request.archive.description.user
        try check(user: mapping.user ?? 0, group: mapping.group ?? 0)
    }

    /// Refuses ids that are not among them.
    fileprivate func check(user: UInt32, group: UInt32) throws(LaunchError) {
        for (file, mappings, id) in [("/etc/subuid", users, user), ("/etc/subgid", groups, group)] {
            let count = Self.count(mappings)
            guard count == 0 || Int64(id) > count else { continue }
            throw LaunchError(
                "user.map: \(file) gives the caller \(count) ids, which are too few since the plan was made",
                hint: "plan the spec again once it gives more"
            )
        }
    }

    /// As launch records show them: inside:outside:count.
    static func text(_ mappings: [IDMapping]) -> [String] {
        mappings.map { "\($0.inside):\($0.outside):\($0.count)" }
    }
}
