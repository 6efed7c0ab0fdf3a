package import ArtifactStore
package import ContentAddressing
package import HostFiles
package import PipelineContracts

/// The `stages/` folder: relative links into the blobs, for people.
package struct StageFolders {
    private let store: Store

    package init(_ store: Store) { self.store = store }

    /// The folder name of a plan or run.
    package static func name(_ name: String, _ digest: Digest) -> String { "\(name)-\(digest.short)" }

    /// Links a plan's files: `NAME-<8 hex>/1-resolve/helpers.json` …; returns the folder's name.
    package func linkPlan(_ name: String, _ plan: Digest, receipts: [Receipt]) throws(FileError) -> String {
        let folder = Self.name(name, plan)
        let path = AbsolutePath.join(store.location.stages, folder)
        if try !make(path), try isCurrent(path, receipts) { return folder }
        for receipt in receipts { try link(receipt, below: path) }
        return folder
    }

    /// Links a run: its plan's stages by folder, its own by file; then `last` points to it.
    package func linkRun(
        _ name: String,
        _ run: Digest,
        planFolder: String,
        receipts: [Receipt]
    ) throws(FileError) -> String {
        let folder = Self.name(name, run)
        let path = AbsolutePath.join(store.location.stages, folder)
        let last = try? Folder.target(of: AbsolutePath.join(store.location.stages, "last"))
        let before = last.map { AbsolutePath.join(store.location.stages, $0) }
        try make(path)
        for stage in StageName.allCases where stage.number <= 4 {
            try link(stage.folder, to: "../\(planFolder)/\(stage.folder)", below: path, before)
        }
        for receipt in receipts { try link(receipt, below: path, before) }
        try pointLast(to: folder)
        return folder
    }

    /// Makes a folder, false when it is there; a link in its place, which would lead us elsewhere, is an error.
    @discardableResult
    private func make(_ path: String) throws(FileError) -> Bool {
        if try Folder.make(path) { return true }
        if try FileStatus.of(path)?.kind == .folder { return false }
        throw FileError(code: .outside, operation: "write to", path: path, reason: "is no folder; remove it")
    }

    /// Exchanges the link `last` at once, so that it always leads somewhere.
    private func pointLast(to folder: String) throws(FileError) {
        let temporary = store.temporaryPath("last")
        try Folder.link(temporary, to: folder)
        do throws(FileError) {
            try Folder.rename(temporary, to: AbsolutePath.join(store.location.stages, "last"))
        } catch {
            try? Folder.removeFile(temporary)
            throw error
        }
    }

    private func link(_ receipt: Receipt, below path: String, _ before: String? = nil) throws(FileError) {
        let folder = receipt.stage.folder
        try make("\(path)/\(folder)")
        for (name, descriptor) in receipt.files {
            let target = "../../../cache/blobs/sha256/" + descriptor.digest.hex
            try link("\(folder)/\(name)", to: target, below: path, before)
        }
    }

    /// Makes a link in a folder; where that of the run `before` is the same, it is that one under a second name.
    ///
    /// Most are the same from run to run, and ext4 takes long to find an inode where many were deleted in the last
    /// minutes, as those of the oldest runs are: half of what an exec took.
    private func link(_ name: String, to target: String, below path: String, _ before: String?) throws(FileError) {
        let place = "\(path)/\(name)"
        if let before, (try? Folder.target(of: "\(before)/\(name)")) == target,
            Folder.alias(place, of: "\(before)/\(name)")
        {
            return
        }
        if try !Folder.link(place, to: target), try Folder.target(of: place) != target {
            try Folder.removeFile(place)
            try Folder.link(place, to: target)
        }
    }

    /// Whether the links of the stages that may differ between two plannings of one plan are those wanted.
    private func isCurrent(_ path: String, _ receipts: [Receipt]) throws(FileError) -> Bool {
        for receipt in receipts {
            for (name, descriptor) in receipt.files {
                let place = "\(path)/\(receipt.stage.folder)/\(name)"
                guard try FileStatus.of(place)?.kind == .symlink,
                    try Folder.target(of: place).hasSuffix(descriptor.digest.hex)
                else { return false }
            }
        }
        return true
    }

    /// Removes the folders of runs but for the newest ones; those of plans stay.
    package func pruneRuns(keeping count: Int = 100) throws(FileError) {
        var runs: [(changed: Int64, name: String)] = []
        for bytes in try Folder.names(store.location.stages) {
            let name = String(decoding: bytes, as: UTF8.self)
            let path = AbsolutePath.join(store.location.stages, name)
            guard try FileStatus.of("\(path)/\(StageName.launch.folder)")?.kind == .folder,
                let status = try FileStatus.of(path), status.kind == .folder
            else { continue }
            runs.append((status.modified, name))
        }
        guard runs.count > count else { return }
        for run in runs.sorted(by: { $0.changed < $1.changed }).prefix(runs.count - count) {
            try Folder.removeTree(AbsolutePath.join(store.location.stages, run.name))
        }
    }
}
