import ArgumentParser
import PipelineContracts
import SandboxSpec

extension CompletionKind {
    /// The words of an enumeration.
    static func words<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> CompletionKind {
        .list(Word.allCases.map(\.rawValue))
    }

    /// What names a plan or run without being a name or digest of somebody's own.
    static var reference: CompletionKind { .list(["last", "last~1"]) }

    /// `ALL` and the capabilities by name.
    static var capability: CompletionKind { .list(["ALL"] + Capability.all.map(\.name)) }

    /// `STAGE/FILE` of every stage.
    static var stageFile: CompletionKind {
        let files = ArtefactKind.all.compactMap { kind in kind.stage.map { "\($0.folder)/\(kind.file)" } }
        return .list(files + ["stderr", "combined"].map { "\(StageName.collect.folder)/\($0)" })
    }
}
