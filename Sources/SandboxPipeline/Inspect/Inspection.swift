import ArtifactStore
import Bundles
public import ContentAddressing
import HostFiles
package import JSONText
package import PipelineContracts
import PipelineCore
import TarArchive

/// A plan or run of the store with the files of its stages; a run has those of its plan too.
///
/// The files stay in the store and are read when they are asked for: what garbage collection took meanwhile is an error
/// with ``SandboxError/Code/missing``.
public struct Inspection: Sendable {
    /// Which of the two it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The stages resolve, env, materialize and archive.
        case plan
        /// These, and launch and collect.
        case run
    }

    /// A file of a stage.
    public struct File: Sendable, Hashable {
        /// The stage's folder and the file's name, as `6-collect/stdout`.
        public let path: String
        /// Digest of its bytes.
        public let digest: Digest
        /// In bytes.
        public let size: Int64
    }

    /// Which of the two it is.
    public let kind: Kind
    /// The plan's or run's own digest.
    public let digest: Digest
    /// The plan; for a run the one that was launched.
    public let plan: Digest
    /// The specification's name.
    public let name: String
    /// When it was made: RFC 3339, in UTC.
    public let created: String
    /// Whether it counts as another's: the record of it is not signed by this machine's key.
    public let isImported: Bool
    /// In the order of the stages, each with the digest of its receipt.
    package let stages: [(receipt: Receipt, digest: Digest)]
    private let context: PipelineContext
    /// Of a bundle's file, what its head has; nil for what the store has.
    private let head: [Digest: [UInt8]]?

    /// Looks at what a REF names, a bundle's file too.
    ///
    /// - Throws: ``PipelineError``.
    package init(named text: String, _ context: PipelineContext) throws {
        let reference = try ReferenceSearch(context).find(text, prefersPlan: false)
        guard case .bundle(let path) = reference else {
            try self.init(reference, context)
            return
        }
        try self.init(bundle: path, context)
    }

    /// Looks at a bundle's file, of which only the head is read and nothing is stored.
    ///
    /// - Throws: ``PipelineError``.
    package init(bundle path: String, _ context: PipelineContext) throws {
        self.context = context
        let head: BundleHead
        do {
            let file = try BundleFile.open(path, in: context.workingFolder)
            head = try BundleHead(file.number)
        } catch {
            throw PipelineError(error, source: path)
        }
        let record = head.record
        kind = record.run == nil ? .plan : .run
        (digest, plan, name) = (record.run ?? record.plan, record.plan, record.name)
        let run = record.receipt(.collect)?.files[ArtefactKind.run.file].flatMap { head.documents[$0.digest] }
        let document = run.flatMap { try? JSONParser.parse($0) }
        created = document?["created"]?.stringValue ?? ""
        isImported = true
        stages = record.receipts.map { ($0, Digest.of($0.json.canonical())) }
        self.head = head.documents
    }

    /// Loads what a reference names; of a run, its plan's stages come first.
    ///
    /// - Throws: ``PipelineError``.
    package init(_ reference: Reference, _ context: PipelineContext) throws {
        self.context = context
        head = nil
        // A store that can't be written is not cleaned up by anybody either.
        let hold = try? context.store.hold()
        defer { hold?.release() }
        var digests: [StageName: Digest]
        switch reference {
        case .spec(let path):
            throw PipelineError(
                "\(path) is a spec; inspect takes a plan or a run",
                hint: "sbxpipe plan \(path) makes a plan"
            )
        case .bundle(let path): throw Reference.notImported(path)
        case .damaged(let record): throw record.error
        case .plan(let ref):
            (kind, digest, plan, name, created) = (.plan, ref.plan, ref.plan, ref.name, ref.created)
            isImported = ref.isImported
            digests = ref.receipts
        case .run(let ref):
            (kind, digest, plan, name, created) = (.run, ref.run, ref.plan, ref.name, ref.created)
            isImported = ref.isImported
            digests = ref.receipts
            if let planRef = try? Catalog(context.store).plan(ref.plan) {
                digests.merge(planRef.receipts) { own, _ in own }
            }
        }
        do {
            stages = try digests.sorted { $0.key.number < $1.key.number }.map { stage, digest in
                (try Documents.receipt(digest, from: context.store), digest)
            }
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    /// Whether all of the files can be read, and not just those in a bundle's head.
    var isWhole: Bool { head == nil }

    /// All files, in the order of the stages and by name.
    public var files: [File] {
        stages.flatMap { stage in
            stage.receipt.files.sorted { $0.key < $1.key }.map { name, descriptor in
                File(
                    path: "\(stage.receipt.stage.folder)/\(name)",
                    digest: descriptor.digest,
                    size: descriptor.size
                )
            }
        }
    }

    /// The document that `inspect --json` prints.
    package var json: JSONValue {
        [
            "schema": "sbxpipe.inspect/v1",
            "kind": .string(kind.rawValue),
            "digest": .string(digest.description),
            "plan": .string(plan.description),
            "name": .string(name),
            "created": .string(created),
            "imported": .bool(isImported),
            "stages": .array(
                stages.map { stage in
                    [
                        "name": .string(stage.receipt.stage.rawValue),
                        "digest": .string(stage.digest.description),
                        "files": .object(stage.receipt.files.mapValues(\.json)),
                    ]
                }
            ),
        ]
    }

    /// A stage by name (`launch`), number or folder (`5-launch`).
    package func stage(_ text: String) throws -> Receipt {
        let found = stages.first { stage in
            let name = stage.receipt.stage
            return [name.rawValue, name.folder, String(name.number)].contains(text)
        }
        guard let found else {
            let known = stages.map(\.receipt.stage.folder).joined(separator: ", ")
            throw PipelineError(
                "\(text): no such stage of this \(kind.rawValue)",
                hint: "there are \(known)",
                code: .missing
            )
        }
        return found.receipt
    }

    /// Descriptor of a file named `STAGE/FILE`, and what follows it (a path in `outputs.tar`).
    package func file(_ path: String) throws -> (descriptor: Descriptor, rest: String) {
        let parts = path.split(separator: "/", maxSplits: 2).map(String.init)
        guard parts.count >= 2 else { throw PipelineError("\(path): expected STAGE/FILE, as 6-collect/stdout") }
        let receipt = try stage(parts[0])
        guard let descriptor = receipt.files[parts[1]] else {
            let known = receipt.files.keys.sorted().joined(separator: ", ")
            throw PipelineError(
                "\(path): no such file in \(receipt.stage.folder)",
                hint: "there are \(known)",
                code: .missing
            )
        }
        return (descriptor, parts.count > 2 ? parts[2] : "")
    }

    /// Gives a file's bytes piece by piece, all of it checked before the first.
    package func stream(_ path: String, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        do {
            let (descriptor, rest) = try file(path)
            let blob = try context.store.open(descriptor.digest)
            if rest.isEmpty {
                var position: Int64 = 0
                while position < descriptor.size {
                    let piece = try FileContent.read(descriptor: blob.number, at: position, count: 1 << 18)
                    if piece.isEmpty { return }
                    try piece.withUnsafeBytes(sink)
                    position += Int64(piece.count)
                }
                return
            }
            guard descriptor.mediaType == ArtefactKind.outputs.mediaType else {
                throw PipelineError("\(path): only layers, as outputs.tar, have files inside")
            }
            var tar = try TarReader(descriptor: blob.number)
            while let entry = try tar.next() {
                guard entry.path == Array(rest.utf8), entry.kind == .file else { continue }
                return try tar.readBody(into: sink)
            }
            let isOutputs = path.hasSuffix("outputs.tar/" + rest)
            throw PipelineError(
                "\(path): no such file in the layer",
                hint: isOutputs ? "cat 6-collect/outputs.json lists them" : nil
            )
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    /// Opens a file for reading in pieces, after checking all of it.
    func open(_ path: String) throws -> OwnedDescriptor {
        if head != nil { throw Self.isNotInHead(path) }
        do {
            return try context.store.open(try file(path).descriptor.digest)
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    private static func isNotInHead(_ path: String) -> PipelineError {
        PipelineError(
            "\(path) does not lie in the bundle's head",
            hint: "sbxpipe import takes all of it into the store"
        )
    }

    /// A file's bytes, all of them in memory and checked against their digest.
    ///
    /// - Parameter path: STAGE/FILE, the stage by name, number or folder: `collect/stdout` and `6-collect/stdout` are one.
    /// - Returns: All of its bytes.
    /// - Throws: ``SandboxError``: `missing` when there is no such file, `damaged` when it is not what its digest says.
    public func bytes(_ path: String) throws(SandboxError) -> [UInt8] {
        do {
            if let head {
                guard let bytes = head[try file(path).descriptor.digest] else { throw Self.isNotInHead(path) }
                return bytes
            }
            return try context.store.read(try file(path).descriptor.digest)
        } catch {
            throw PipelineError(error, source: "")
        }
    }
}
