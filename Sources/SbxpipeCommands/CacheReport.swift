import ArtifactStore
import ContentAddressing
import JSONText
import SandboxPipeline

/// How `cache` says what it found and did.
struct CacheReport {
    private let console: Console

    init(_ console: Console) { self.console = console }

    func write(_ statistics: StoreStatistics, _ context: PipelineContext) {
        for note in context.notes { console.note(note) }
        if console.isJSON { return console.write(statistics.json) }
        var lines = [
            "store    \(context.store.location.root)",
            "objects  \(statistics.objects), \(ByteCount(statistics.bytes).text)",
            "plans    \(statistics.plans)",
            "runs     \(statistics.runs)" + (statistics.running > 0 ? ", \(statistics.running) under way" : ""),
            "actions  \(statistics.actions)",
        ]
        if !statistics.stages.isEmpty {
            lines.append("stage          hits  ran  rate")
            for stage in statistics.stages {
                let rate = Int((Double(stage.hits) / Double(stage.hits + stage.misses) * 100).rounded())
                lines.append(
                    stage.name.padded(12) + String(stage.hits).padded(7, right: true)
                        + String(stage.misses).padded(5, right: true) + "\(rate)%".padded(6, right: true)
                )
            }
        }
        console.write(lines.joined(separator: "\n") + "\n")
    }

    func write(_ found: VerifiedStore) {
        if console.isJSON { return console.write(found.json) }
        var lines = found.damaged.map { "damaged  \($0.path): \($0.reason)" }
        for item in found.broken {
            lines.append(
                "broken   \(item.kind) \(item.digest.short) \(item.name): \(item.objects.joined(separator: ", "))"
            )
        }
        lines.append(
            "\(found.objects) objects (\(ByteCount(found.bytes).text)), \(found.records) records, \(found.plans) plans, "
                + "\(found.runs) runs" + (found.trees > 0 ? ", \(found.trees) unpacked trees: " : ": ")
                + (found.isClean ? "all good" : "\(found.damaged.count) damaged")
        )
        console.write(lines.joined(separator: "\n") + "\n")
        if !found.isClean {
            console.note(
                "what a plan needs is made again by the next plan of its spec; sbxpipe rm forgets a run that is broken"
            )
        }
    }

    func write(_ garbage: CollectedGarbage) {
        if console.isJSON { return console.write(garbage.json) }
        let verb = garbage.isDryRun ? "would delete" : "deleted"
        var parts = ["\(garbage.objects) objects (\(ByteCount(garbage.bytes).text))"]
        for (count, name) in [(garbage.runs, "runs"), (garbage.plans, "plans"), (garbage.actions, "actions")]
        where count > 0 {
            parts.append("\(count) \(name)")
        }
        if garbage.trees > 0 { parts.append("\(garbage.trees) unpacked trees") }
        if garbage.temporaries > 0 { parts.append("\(garbage.temporaries) temporary files") }
        if garbage.folders > 0 { parts.append("\(garbage.folders) folders of stages/") }
        console.write(
            "\(verb) \(parts.joined(separator: ", ")); \(garbage.objectsKept) objects "
                + "(\(ByteCount(garbage.bytesKept).text)) stay\n"
        )
    }
}

extension CollectedGarbage {
    /// `sbxpipe.gc/v1`.
    fileprivate var json: JSONValue {
        [
            "schema": "sbxpipe.gc/v1",
            "dryRun": .bool(isDryRun),
            "runs": .integer(Int64(runs)),
            "plans": .integer(Int64(plans)),
            "actions": .integer(Int64(actions)),
            "trees": .integer(Int64(trees)),
            "objects": .integer(Int64(objects)),
            "bytes": .integer(bytes),
            "temporaries": .integer(Int64(temporaries)),
            "folders": .integer(Int64(folders)),
            "objectsKept": .integer(Int64(objectsKept)),
            "bytesKept": .integer(bytesKept),
        ]
    }
}
