import ArtifactStore
import HostFiles
package import JSONText
import PipelineContracts

/// How much a store holds, and how often it saved work (`cache stats`).
package struct StoreStatistics: Sendable, Hashable {
    package private(set) var objects = 0
    /// Of the objects.
    package private(set) var bytes: Int64 = 0
    package private(set) var plans = 0
    package private(set) var runs = 0
    package private(set) var running = 0
    package private(set) var actions = 0
    /// Stages in order with how often they hit and ran.
    package private(set) var stages: [(name: String, hits: Int64, misses: Int64)] = []

    package static func == (left: StoreStatistics, right: StoreStatistics) -> Bool { left.json == right.json }

    package func hash(into hasher: inout Hasher) { hasher.combine(json) }

    /// Counts.
    package init(_ context: PipelineContext) throws {
        let store = context.store
        do {
            var (objects, bytes) = (0, Int64(0))
            try store.visitBlobs { _, status throws(StoreError) in
                objects += 1
                bytes += status.size
            }
            (self.objects, self.bytes) = (objects, bytes)
            func count(_ folder: String) throws -> Int {
                var count = 0
                try store.visit(folder) { _, _ throws(StoreError) in count += 1 }
                return count
            }
            plans = try count("refs/plans")
            runs = try count("refs/runs")
            running = try store.uses().compactMap(RunningLaunch.init).count
            for stage in StageName.allCases { actions += try count("actions/\(stage.rawValue)") }
            let counts = try store.counts()
            stages = StageName.allCases.compactMap { stage in
                let (hits, misses) = (counts.hits[stage.rawValue] ?? 0, counts.misses[stage.rawValue] ?? 0)
                return hits + misses > 0 ? (stage.rawValue, hits, misses) : nil
            }
        } catch {
            throw PipelineError(error, source: "cache stats")
        }
    }

    /// `sbxpipe.cache-stats/v1`.
    package var json: JSONValue {
        [
            "schema": "sbxpipe.cache-stats/v1",
            "objects": .integer(Int64(objects)),
            "bytes": .integer(bytes),
            "plans": .integer(Int64(plans)),
            "runs": .integer(Int64(runs)),
            "running": .integer(Int64(running)),
            "actions": .integer(Int64(actions)),
            "stages": .array(
                stages.map { stage in
                    [
                        "name": .string(stage.name), "hits": .integer(stage.hits), "misses": .integer(stage.misses),
                    ]
                }
            ),
        ]
    }
}
