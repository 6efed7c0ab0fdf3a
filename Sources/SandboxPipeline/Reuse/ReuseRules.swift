import LaunchStage
import PipelineContracts

/// How a launch is looked for in the cache (`--reuse`).
package struct LaunchReuse: Sendable {
    /// False under `--no-cache`: the launch is made, and remembered all the same.
    package let looksUp: Bool
    /// `--fail-on-cache-miss`.
    package let failsOnMiss: Bool

    package init(looksUp: Bool = true, failsOnMiss: Bool = false) {
        self.looksUp = looksUp
        self.failsOnMiss = failsOnMiss
    }
}

/// Which launches the cache may serve.
enum ReuseRules {
    /// Why no launch of a plan is ever served, with the field of the spec; nil where it may be.
    static func objection(to archive: PlanArchive) -> (message: String, hint: String)? {
        if archive.cachePolicy == "never" {
            return (
                "cache is \"never\": a launch is not served from the cache",
                "\"cache\": \"always\" in the spec, or --set cache=always, allows it"
            )
        }
        let description = archive.description
        if description.terminal {
            return (
                "tty is true, and what is typed is of no key, so the launch is not served from the cache",
                "without a terminal it can be"
            )
        }
        if description.stdin == .inherit {
            return (
                "stdin is \"inherit\", of which no key can tell what it holds, so the launch is not served from the cache",
                "a file or a text can be told"
            )
        }
        if description.capture.mode == .none {
            return (
                "capture.mode is \"none\", so there is nothing that the cache could serve",
                "\"separate\" and \"combined\" keep what is written"
            )
        }
        return nil
    }

    /// Whether a launch that is over may stand in for later ones: it did all that was asked for, and all of it was kept.
    static func mayServe(_ record: LaunchRecord, _ captures: CapturesRecord) -> Bool {
        record.exitCode == 0 && record.reason == .exited && record.failure == nil && record.survivors == .none
            && !record.enforcement.contains { $0.answer == .missing }
            && !captures.streams.values.contains { $0.isTruncated } && captures.outputs.allSatisfy { $0.unread.isEmpty }
    }
}
