import ArtifactStore
import ContentAddressing
import HostFiles
import PipelineContracts
import Runtimes
import SandboxSpec
import Secrets
import TarArchive

/// Walks the declared outputs after the last process is gone and packs them as one plain layer.
///
/// Everything is opened below the descriptor of a mount's source, no symlink is followed, and what another mount or a
/// cover shows at a path is never read from below it.
final class OutputCollector {
    private let tree: SandboxTree
    /// A command that may rename the folder of a mount's source could put a symlink in its place.
    private let sources: [PathKey: FileStatus]
    private let time: Int64
    private let search: SecretSearch?
    private var tar: TarWriter?
    private var packed: Set<[UInt8]> = []
    private var budget: OutputBudget

    /// `time` is SOURCE_DATE_EPOCH in seconds; `search` looks for values of secrets; `sink` gets the tar.
    init(
        tree: SandboxTree,
        sources: [PathKey: FileStatus],
        time: Int64,
        search: SecretSearch? = nil,
        limits: OutputLimits = OutputLimits(),
        sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        self.tree = tree
        self.sources = sources
        self.time = time
        self.search = search
        budget = OutputBudget(limits)
        tar = try TarWriter(sink: sink)
    }

    /// Collects one output.
    func collect(_ rule: OutputRule) throws -> OutputRecord {
        guard let glob = Glob(rule.path) else {
            return OutputRecord(path: rule.path, required: rule.required, files: [])
        }
        let start = glob.literal ?? glob.fixedFolder
        var files: [OutputRecord.File] = []
        if let place = try place(start) {
            let wanted = glob.literal == nil ? glob : nil
            try walk(place.name, at: place.folder.number, inside: place.inside, glob: wanted, depth: 0, &files)
        }
        return OutputRecord(path: rule.path, required: rule.required, files: files)
    }

    /// The folder that holds a path, opened without following symlinks, and the path's last name.
    private func place(_ path: String) throws -> OutputPlace? {
        let path = AbsolutePath.normalised(path)
        guard let operation = tree.governing(path), let source = operation.source else { return nil }
        let below = AbsolutePath.relative(path, to: operation.at)
        do throws(FileError) {
            if below.isEmpty {
                let parent = try OwnedDescriptor.open(AbsolutePath.parent(source), [.pathOnly, .folder])
                let name = RawName(AbsolutePath.lastComponent(source))
                try check(try name.status(at: parent.number), source)
                return OutputPlace(parent, name, path)
            }
            let top = try OwnedDescriptor.open(source, [.pathOnly, .folder, .noFollow])
            try check(try FileStatus.of(descriptor: top.number, path: source), source)
            let parent = AbsolutePath.parent("/" + below)
            let name = RawName(AbsolutePath.lastComponent(below))
            if parent == "/" { return OutputPlace(top, name, path) }
            let folder = try RawName(String(parent.dropFirst())).openBeneath(top.number, [.pathOnly, .folder])
            return OutputPlace(folder, name, path)
        } catch {
            switch error.code {
            case .notFound, .notAFolder: return nil
            case .tooManySymlinks:
                throw CollectError(
                    "output \(Printable.escaped(path)): a folder above it is a symlink, which is not followed"
                )
            default: throw CollectError("output \(Printable.escaped(path)): \(error.reason)")
            }
        }
    }

    /// Refuses a source that is another object than before the command ran.
    private func check(_ status: FileStatus?, _ source: String) throws(FileError) {
        guard let before = sources[PathKey(source)] else { return }
        guard let status, status.device == before.device, status.inode == before.inode else {
            throw FileError(
                code: .outside,
                operation: "collect",
                path: source,
                reason: "\(source) was exchanged while the command ran"
            )
        }
    }

    /// `glob` nil takes everything.
    private func walk(
        _ name: RawName,
        at folder: Int32,
        inside: String,
        glob: Glob?,
        depth: Int,
        _ files: inout [OutputRecord.File],
        bytes: [UInt8]? = nil
    ) throws {
        guard let status = try name.status(at: folder) else { return }
        try budget.admit(depth: depth, inside)
        let exact = bytes ?? Array(inside.utf8)
        let isWanted = glob?.matches(inside) ?? true
        if isWanted { try pack(name, at: folder, status, inside: inside, exact: exact, &files) }
        guard status.kind == .folder else { return }
        let handle: OwnedDescriptor
        do throws(FileError) {
            handle = try name.open([.read, .folder], at: folder)
        } catch {
            guard let reason = unreadable(error) else { throw failure(error, inside) }
            if isWanted { files.removeLast() }
            files.append(file(inside, status, unread: reason))
            return
        }
        for child in try Folder.names(".", at: handle.number) {
            let path = AbsolutePath.join(inside, String(decoding: child, as: UTF8.self))
            guard isOwn(path, below: inside) else { continue }
            try walk(
                RawName(child),
                at: handle.number,
                inside: path,
                glob: isWanted ? nil : glob,
                depth: depth + 1,
                &files,
                bytes: exact + [0x2F] + child
            )
        }
    }

    /// Whether the same mount shows a path and the folder above it, or a bind of the very same object does.
    private func isOwn(_ path: String, below folder: String) -> Bool {
        guard let operation = tree[path] else { return true }
        guard let source = operation.source, let above = tree.governing(folder), let outer = above.source else {
            return false
        }
        return source == AbsolutePath.join(outer, AbsolutePath.relative(path, to: above.at))
    }

    private func pack(
        _ name: RawName,
        at folder: Int32,
        _ status: FileStatus,
        inside: String,
        exact: [UInt8],
        _ files: inout [OutputRecord.File]
    ) throws {
        var digest: Digest?
        var target: String?
        var unread: String?
        let isNew = packed.insert(exact).inserted
        try budget.add(status.kind == .file && isNew ? status.size : 0, inside)
        func entry(_ kind: TarEntry.Kind, _ size: Int64) -> TarEntry {
            TarEntry(
                path: Array(exact.drop { $0 == 0x2F }),
                kind: kind,
                mode: UInt16(status.permissions & 0o777),
                size: size,
                modified: time
            )
        }
        switch status.kind {
        case .file:
            do {
                digest = try packFile(name, at: folder, status, inside, isNew ? entry(.file, status.size) : nil)
            } catch let error as FileError {
                unread = unreadable(error)
                if unread == nil { throw failure(error, inside) }
            }
        case .folder:
            if isNew, exact != [0x2F] { try tar?.append(entry(.directory, 0)) }
        case .symlink:
            let link = try name.linkTarget(at: folder)
            target = String(decoding: link, as: UTF8.self)
            if isNew { try tar?.append(entry(.symlink(target: link), 0)) }
        default: break
        }
        files.append(file(inside, status, digest: digest, target: target, unread: unread))
    }

    private func file(
        _ inside: String,
        _ status: FileStatus,
        digest: Digest? = nil,
        target: String? = nil,
        unread: String? = nil
    ) -> OutputRecord.File {
        OutputRecord.File(
            path: inside,
            kind: status.kind.rawValue,
            mode: status.permissions & 0o777,
            size: status.kind == .file ? status.size : 0,
            digest: digest,
            target: target,
            unread: unread
        )
    }

    /// Reads a file once when it is small, else twice, and refuses one that changes meanwhile.
    private func packFile(
        _ name: RawName,
        at folder: Int32,
        _ status: FileStatus,
        _ inside: String,
        _ entry: TarEntry?
    ) throws -> Digest {
        defer { search?.end(inside) }
        let file = try name.open([.read, .nonBlocking], at: folder)
        guard try FileStatus.of(descriptor: file.number) == status else { throw changed(inside) }
        if status.size <= 1 << 20 {
            let bytes = try FileContent.read(descriptor: file.number, at: 0, count: Int(status.size) + 1)
            guard bytes.count == Int(status.size) else { throw changed(inside) }
            if let entry {
                bytes.withUnsafeBytes { search?.scan($0, in: inside) }
                try tar?.append(entry, bytes: bytes)
            }
            return Digest.of(bytes)
        }
        var digest = StreamingDigest()
        while digest.count < status.size {
            let piece = try FileContent.read(descriptor: file.number, at: digest.count, count: 1 << 18)
            if piece.isEmpty { break }
            digest.update(piece)
            if entry != nil { piece.withUnsafeBytes { search?.scan($0, in: inside) } }
        }
        do throws(TarError) {
            if let entry { try tar?.append(entry, descriptor: file.number) }
        } catch {
            throw error.code == .changedWhileRead ? changed(inside) : error
        }
        guard try FileStatus.of(descriptor: file.number) == status, digest.count == status.size else {
            throw changed(inside)
        }
        return digest.digest()
    }

    /// What is said of a file or folder that the command made unreadable for us; nil for any other error.
    private func unreadable(_ error: FileError) -> String? { error.code == .notAllowed ? error.reason : nil }

    private func failure(_ error: FileError, _ inside: String) -> CollectError {
        switch error.code {
        case .notFound, .notAFolder, .tooManySymlinks: changed(inside)
        default: CollectError("output \(Printable.escaped(inside)) can't be read: \(error.reason)")
        }
    }

    private func changed(_ inside: String) -> CollectError {
        CollectError("output \(Printable.escaped(inside)) changed while it was read")
    }

    /// Writes the end of the tar.
    func finish() throws { try tar.take()?.finish() }
}
