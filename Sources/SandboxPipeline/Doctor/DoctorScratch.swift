import ArtifactStore
import HostFiles

/// A store below TMPDIR that a doctor has for itself, with a machine's key and all that goes with it; gone with the
/// last reference.
///
/// One that a killed doctor left is removed by the next, once what still ran there is ended.
final class DoctorScratch {
    let path: String
    /// Locked as long as it is in use.
    private let lock: OwnedDescriptor

    private static let prefix = "sbxpipe-doctor-"

    /// - Throws: ``FileError``.
    init(_ environment: [String: String], _ identity: HostIdentity) throws(FileError) {
        let named = environment["TMPDIR"] ?? ""
        let place = AbsolutePath.isAbsolute(named) ? named : "/tmp"
        let base = try AbsolutePath.real(place) ?? place
        Self.sweep(base, environment, identity)
        path = AbsolutePath.join(base, Self.prefix + HostSystem.randomBytes(8).map { String($0, radix: 16) }.joined())
        try Folder.make(path, permissions: 0o700)
        let file = AbsolutePath.join(path, "lock")
        do throws(FileError) {
            lock = try OwnedDescriptor.open(file, [.write, .create, .exclusive])
            try FileLock.exclusive(lock.number, path: file)
        } catch {
            try? Folder.removeTree(path)
            throw error
        }
    }

    deinit { try? Folder.removeTree(path) }

    /// The caller's environment for a pipeline with this store, which writes nowhere else.
    private static func environment(_ path: String, _ caller: [String: String]) -> [String: String] {
        var variables = caller
        for name in ["SBXPIPE_STORE", "SBXPIPE_RUNTIME", "SOURCE_DATE_EPOCH"] { variables[name] = nil }
        variables["XDG_STATE_HOME"] = AbsolutePath.join(path, "state")
        variables["XDG_CACHE_HOME"] = AbsolutePath.join(path, "cache")
        return variables
    }

    private static func context(_ path: String, _ environment: [String: String]) throws -> PipelineContext {
        let store = AbsolutePath.join(path, "store")
        return try PipelineContext(storeNamed: store, environment: Self.environment(path, environment)).writing()
    }

    /// The pipeline's context with this store.
    ///
    /// - Throws: ``PipelineError``.
    func context(_ environment: [String: String]) throws -> PipelineContext { try Self.context(path, environment) }

    /// Removes what killed doctors of the caller's left.
    private static func sweep(_ base: String, _ environment: [String: String], _ identity: HostIdentity) {
        for name in (try? Folder.names(base)) ?? [] {
            let name = String(decoding: name, as: UTF8.self)
            guard name.hasPrefix(prefix) else { continue }
            let path = AbsolutePath.join(base, name)
            let file = AbsolutePath.join(path, "lock")
            guard let status = (try? FileStatus.of(path)) ?? nil, status.kind == .folder, status.owner == identity.user,
                let held = try? OwnedDescriptor.open(file, [.write, .noFollow]),
                (try? FileLock.tryExclusive(held.number, path: file)) == true
            else { continue }
            // Opening it ends what still runs there.
            if let context = try? context(path, environment) { try? context.store.lease?.end() }
            try? Folder.removeTree(path)
        }
    }
}
