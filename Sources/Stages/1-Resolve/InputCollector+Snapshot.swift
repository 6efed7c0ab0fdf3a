import HostFiles
import PipelineContracts
import RootFilesystems

extension InputCollector {
    /// The source of an earlier plan's snapshot, whatever lies here; nil where there is none.
    func recordedSnapshot(_ field: String, _ declared: String) throws(ResolveError) -> SourceFact? {
        guard let tree = request.recorded?.trees[field] else { return nil }
        do throws(FileError) {
            let kind = try FileStatus.of(tree.path)?.kind ?? .folder
            return SourceFact(
                field: field,
                declared: declared,
                path: tree.path,
                kind: kind.rawValue,
                digest: tree.digest
            )
        } catch {
            throw ResolveError(field + ".bind", "\(error)")
        }
    }

    /// The same source with the digest of the tree that it holds.
    func snapshot(_ fact: SourceFact) throws(ResolveError) -> SourceFact {
        if fact.isAbsent { return fact }
        let field = fact.field + ".bind"
        guard fact.path != "/" else { throw ResolveError(field, "the root itself can't be a snapshot") }
        guard fact.kind == "file" || fact.kind == "folder" else {
            throw ResolveError(
                field,
                "is a \(fact.kind), which no snapshot can hold: \(Printable.escaped(fact.declared))"
            )
        }
        let covered = request.covered.compactMap { (try? AbsolutePath.real($0)) ?? nil }
        if let folder = covered.first(where: { AbsolutePath.contains($0, fact.path) }) {
            throw ResolveError(
                field,
                "\(Printable.escaped(fact.path)) lies in a store of sbxpipe, of which there are no snapshots",
                hint: "copy what is needed to a folder outside of \(folder)"
            )
        }
        do {
            let tree = try SnapshotDigest(SnapshotSource(fact.path, covering: covered), request.store).find()
            return SourceFact(
                field: fact.field,
                declared: fact.declared,
                path: fact.path,
                kind: fact.kind,
                digest: tree
            )
        } catch {
            let hint =
                (error as? RootFilesystemError)?.hint
                ?? (error as? FileError).flatMap { FUSEMount.hint(on: fact.path, $0) }
            throw ResolveError(field, "\(error)", hint: hint)
        }
    }
}
