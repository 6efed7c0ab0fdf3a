import HostFiles
import PipelineContracts
import RootFilesystems
import SandboxSpec

extension InputCollector {
    /// The source of a root of layers, and what it holds; nil for another root.
    func root() throws(ResolveError) -> (fact: SourceFact, found: FoundRoot)? {
        let root = request.effective.root.value
        guard let declared = root.sourcePath else { return nil }
        let field = "root." + root.key
        if let recorded = request.recorded?.root {
            let path = SourcePath.absolute(declared, base: request.base, home: request.home)
            let fact = SourceFact(field: field, declared: declared, path: path, kind: "absent")
            return (fact, FoundRoot(.stored, recorded))
        }
        let fact = try fact(field, declared, named: field)
        guard !fact.isAbsent else {
            throw ResolveError(field, "no such file or folder: \(Printable.escaped(declared))")
        }
        do {
            let source = try RootSource(root, fact, request)
            return (fact, FoundRoot(source, try source.content(request.store)))
        } catch let error as ResolveError {
            throw error
        } catch {
            throw ResolveError(field, "\(error)", hint: (error as? RootFilesystemError)?.hint)
        }
    }
}

extension RootFact {
    init(_ content: RootContent) {
        self.init(
            layers: content.layers.map(\.blob),
            contents: content.layers.map(\.contents),
            manifest: content.manifest,
            config: content.config,
            command: content.defaults.command,
            workdir: content.defaults.workdir,
            user: content.defaults.user,
            environment: content.defaults.environment
        )
    }
}

extension Spec.RootSource {
    /// What of the host it names.
    var sourcePath: String? {
        switch self {
        case .oci(let path, _), .tar(let path), .folder(let path): path
        case .host, .image, .empty: nil
        }
    }
}

extension RootSource {
    /// `fact` is what the spec's source turned out to be.
    fileprivate init(_ root: Spec.RootSource, _ fact: SourceFact, _ request: ResolveRequest) throws(ResolveError) {
        switch root {
        case .oci(_, let tag): self = .image(fact.path, reference: tag, machine: HostSystem.kernel().machine)
        case .tar: self = .tar(fact.path)
        default:
            guard fact.kind == "folder" else { throw ResolveError(fact.field, "is a \(fact.kind), not a folder") }
            guard fact.path != "/" else {
                throw ResolveError(
                    fact.field,
                    "the host's own root is no folder to copy",
                    hint: "use {\"host\": \"ro\"}"
                )
            }
            let covered = request.covered.compactMap { (try? AbsolutePath.real($0)) ?? nil }
            self = .folder(SnapshotSource(fact.path, covering: covered, isRoot: true), time: request.time)
        }
    }
}
