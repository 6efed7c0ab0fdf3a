package import JSONText

extension ArtefactKind {
    /// What a document of this kind may be; of `frames.jsonl`, what a line may be.
    ///
    /// Nil for raw bytes, and for `spec.json`, whose shape is `SpecShape.spec`. Made at first use: nothing between a
    /// plan and its launch asks for it.
    package var shape: JSONShape? { ArtefactShapes.byKind[self] }

    /// What `sbxpipe schema` calls it: STAGE/FILE, `spec`, or the schema's name where no stage writes it; nil for raw
    /// bytes.
    package var schemaWord: String? {
        if self == .specification { return "spec" }
        guard shape != nil else { return nil }
        if let stage { return "\(stage.rawValue)/\(file)" }
        return schema.map { String($0.dropFirst("sbxpipe.".count).prefix { $0 != "/" }) }
    }
}

/// The JSON Schemas of all artefacts, from the shapes that check them.
package enum ArtefactShapes {
    /// The schema of a kind's documents; nil where the kind has no shape.
    ///
    /// Its `$id` is the schema's id; `frames.jsonl`, whose lines have no `schema`, goes by `sbxpipe.frames/v1`.
    package static func document(for kind: ArtefactKind) -> JSONValue? {
        kind.shape?.document(
            id: kind.schema ?? "sbxpipe.frames/v1",
            title: kind.file,
            description: sentence(kind == .frames ? "one line: \(kind.summary)" : kind.summary)
        )
    }

    /// The schema of a stage's documents: any of those that it writes.
    ///
    /// It has no `$id` of its own, so that those of its parts stay what they are. Of `spec.json` it tells only the
    /// version; the whole is `SpecShape.schema()`.
    package static func document(for stage: StageName) -> JSONValue {
        let kinds = ArtefactKind.all.filter { $0.stage == stage }
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": .string("\(stage.number) \(stage.rawValue)"),
            "description": .string("Any JSON document that stage \(stage.number), \(stage.rawValue), writes."),
            "anyOf": .array(kinds.compactMap { $0 == .specification ? specification : document(for: $0) }),
        ]
    }

    /// The words that `document(named:)` knows: the stages', then those of single documents but for `spec`.
    package static var words: [String] {
        StageName.allCases.map(\.rawValue)
            + ArtefactKind.all.filter { $0 != .specification }.compactMap(\.schemaWord)
    }

    /// The schema that a word of `sbxpipe schema` names: STAGE, STAGE/FILE, `stage`, `bundle` or `plan-report`; nil for others.
    ///
    /// STAGE may be the folder's name, `5-launch`. `spec` is not known here: that is `SpecShape.schema()`.
    package static func document(named word: String) -> JSONValue? {
        for stage in StageName.allCases where word.hasPrefix(stage.folder) {
            return document(named: stage.rawValue + word.dropFirst(stage.folder.count))
        }
        if let stage = StageName(rawValue: word) { return document(for: stage) }
        return ArtefactKind.all.first { $0.schemaWord == word }.flatMap { document(for: $0) }
    }

    static let byKind: [ArtefactKind: JSONShape] = [
        .helpers: ResolveShapes.helpers,
        .host: ResolveShapes.host,
        .inputs: ResolveShapes.inputs,
        .environment: EnvShapes.environment,
        .description: MaterializeShapes.description,
        .enforcement: MaterializeShapes.enforcement,
        .bubblewrap: MaterializeShapes.bubblewrap,
        .direct: DirectShapes.direct,
        .plan: ArchiveShapes.plan,
        .launch: LaunchShapes.launch,
        .captures: CollectShapes.captures,
        .frames: CollectShapes.frame,
        .outputList: CollectShapes.outputList,
        .run: CollectShapes.run,
        .receipt: ReportShapes.receipt,
        .bundle: ReportShapes.bundle,
        .planReport: ReportShapes.plan,
    ]

    private static let specification: JSONValue = [
        "title": .string(ArtefactKind.specification.file),
        "description": .string(
            sentence(ArtefactKind.specification.summary) + " Its schema is that of `sbxpipe schema spec`."
        ),
        "type": "object",
        "properties": ["schema": ["const": ArtefactKind.specification.schema.map(JSONValue.string) ?? .null]],
        "required": ["schema"],
    ]

    /// A summary as a sentence of its own.
    private static func sentence(_ summary: String) -> String {
        summary.prefix(1).uppercased() + summary.dropFirst() + "."
    }
}
