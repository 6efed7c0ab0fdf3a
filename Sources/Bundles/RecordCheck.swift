import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import TarArchive

/// Whether the documents of a bundle fit together: each digest that one says of another is that one's.
struct RecordCheck {
    private let record: BundleRecord
    private let files: [Digest: Spool]

    init(_ record: BundleRecord, _ files: [Digest: Spool]) {
        self.record = record
        self.files = files
    }

    /// The layers that the plan names, which are those of its receipt.
    func plannedLayers() throws -> [Descriptor] {
        let manifest = try plan()
        let archive = try receipt(.archive)
        let names = archive.files.keys.filter(BundleNames.isLayer)
        guard archive.layers == manifest.layers, names.count == manifest.layers.count else {
            throw BundleError("the layers of plan.json are not those of its stage")
        }
        for layer in manifest.layers where MediaTypes.compression(ofLayer: layer.mediaType) == nil || layer.size < 0 {
            throw BundleError("layer \(layer.digest) of plan.json is no layer")
        }
        return manifest.layers
    }

    /// - Throws: ``BundleError`` naming what does not fit.
    func check() throws {
        try checkShapes()
        let manifest = try plan()
        try require(.materialize, .description, manifest.portable)
        try require(.materialize, .enforcement, manifest.enforcement)
        let bindings = RuntimeBinding.kinds.filter { (try? receipt(.materialize).file($0)) != nil }
        guard let binding = bindings.first, bindings.count == 1 else {
            throw BundleError("the plan has \(bindings.count) bindings, not one")
        }
        try require(.materialize, binding, manifest.binding)
        let archive = try descriptor(.archive, .archive)
        guard archive == manifest.archive else { throw BundleError("plan.tar is not the one of plan.json") }
        let parts: [String: Descriptor] = try [
            (StageName.archive, ArtefactKind.specification), (.env, .environment), (.materialize, .description),
            (.materialize, .enforcement), (.materialize, binding),
        ].reduce(into: [:]) { parts, part in parts[part.1.file] = try descriptor(part.0, part.1) }
        try checkArchive(try bytes(archive), parts)
        guard let run = record.run else { return }
        try checkRun(run)
    }

    /// Each document is what its schema says.
    private func checkShapes() throws {
        for (stage, name, descriptor) in record.files {
            let kind = ArtefactKind.all.first { $0.stage == stage && $0.file == name }
            guard let kind, kind != .frames, let shape = kind.shape else { continue }
            let document = try BundleImage.document(try bytes(descriptor), name)
            try BundleImage.reading(name) { () throws(JSONShapeError) in try shape.check(document) }
        }
    }

    /// plan.tar holds the documents that lie beside it, no others.
    private func checkArchive(_ bytes: [UInt8], _ parts: [String: Descriptor]) throws {
        var rest = parts
        var tar = try TarReader(bytes: bytes, limits: TarLimits(entries: 16, pathBytes: 64, memoryBytes: 64 << 20))
        while let entry = try tar.next() {
            let name = String(decoding: entry.path, as: UTF8.self)
            let body = try tar.readBody()
            guard let wanted = rest.removeValue(forKey: name), wanted.digest == Digest.of(body) else {
                throw BundleError("entry \"\(TarError.escaped(entry.path))\" of plan.tar is not what lies beside it")
            }
        }
        if let missing = rest.keys.sorted().first { throw BundleError("\(missing) is missing in plan.tar") }
    }

    private func checkRun(_ digest: Digest) throws {
        let place = try descriptor(.collect, .run)
        guard place.digest == digest else { throw BundleError("run.json is not the run that the bundle names") }
        let document = try BundleImage.document(try bytes(place), "run.json")
        let run = try BundleImage.reading("run.json") { () throws(JSONShapeError) in try RunRecord(document) }
        guard run.plan == record.plan, run.name == record.name else {
            throw BundleError("run.json is a run of another plan")
        }
        guard run.id.utf8.count == 32, run.id.utf8.allSatisfy(Digest.isHexDigit) else {
            throw BundleError("run.json: id is not 32 hex digits")
        }
        guard run.launch == (try descriptor(.launch, .launch)), run.captures == (try descriptor(.collect, .captures))
        else { throw BundleError("run.json names another launch or other captures than the bundle has") }
        let captures = try BundleImage.document(try bytes(run.captures), "captures.json")
        for stream in ["stdout", "stderr", "combined"] {
            guard let said = captures[stream], said["truncated"]?.boolValue == false else { continue }
            guard try receipt(.collect).files[stream]?.digest == (try? said.digest("digest")) else {
                throw BundleError("captures.json says another digest of \(stream)")
            }
        }
    }

    private func plan() throws -> PlanManifest {
        let place = try descriptor(.archive, .plan)
        guard place.digest == record.plan else { throw BundleError("plan.json is not the plan that the bundle names") }
        let document = try BundleImage.document(try bytes(place), "plan.json")
        return try BundleImage.reading("plan.json") { () throws(JSONShapeError) in try PlanManifest(document) }
    }

    private func require(_ stage: StageName, _ kind: ArtefactKind, _ digest: Digest) throws {
        guard try descriptor(stage, kind).digest == digest else {
            throw BundleError("\(kind.file) is not the one of plan.json")
        }
    }

    private func receipt(_ stage: StageName) throws -> Receipt {
        guard let receipt = record.receipt(stage) else { throw BundleError("stage \(stage.rawValue) is missing") }
        return receipt
    }

    private func descriptor(_ stage: StageName, _ kind: ArtefactKind) throws -> Descriptor {
        let receipt = try receipt(stage)
        return try BundleImage.reading(stage.folder) { () throws(JSONShapeError) in try receipt.file(kind) }
    }

    private func bytes(_ descriptor: Descriptor) throws -> [UInt8] {
        guard let spool = files[descriptor.digest] else { throw BundleError("\(descriptor.digest) is missing") }
        return try spool.bytes(limit: 64 << 20)
    }
}
