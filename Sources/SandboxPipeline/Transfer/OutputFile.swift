import ContentAddressing
import HostFiles

/// A file in the making beside the place that it is for; one that is not finished leaves nothing.
struct OutputFile: ~Copyable {
    private let path: String
    private let temporary: String
    private let file: OwnedDescriptor
    private var isFinished = false

    /// - Throws: ``FileError``; ``PipelineError`` for a place that is something other than a file.
    init(_ named: String, in folder: String) throws {
        let path = AbsolutePath.normalised(AbsolutePath.isAbsolute(named) ? named : AbsolutePath.join(folder, named))
        if let status = try FileStatus.of(path, following: true), status.kind != .file {
            throw PipelineError("\(named) is a \(status.kind.rawValue), not a file")
        }
        let temporary = "\(path).\(Digest.hexText(HostSystem.randomBytes(4))).tmp"
        file = try OwnedDescriptor.open(temporary, [.write, .create, .exclusive, .noFollow], mode: 0o644)
        self.path = path
        self.temporary = temporary
    }

    var number: Int32 { file.number }

    /// Puts it in its place, at once.
    consuming func finish(durably: Bool) throws {
        if durably { try FileSync.file(file.number, path: temporary) }
        try Folder.rename(temporary, to: path)
        isFinished = true
    }

    deinit {
        if !isFinished { try? Folder.removeFile(temporary) }
    }
}
