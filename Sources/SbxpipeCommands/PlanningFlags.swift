import HostProcess
import SandboxPipeline
import SandboxSpec

/// Flags of plan, exec and run, as plain values.
struct PlanningFlags {
    var runtime: String?
    var set: [String] = []
    var noCache = false
    var reuse = false
    var failOnCacheMiss = false
    var result: String?
    var timeout: String?
    var killAfter: String?
    var capture: String?
    var tty = false
    var interactive = false
    var allowDegraded: [String] = []
    var allow: [String] = []
    var durable = false

    /// Refuses the flags of what this version does not do.
    func refuseUnsupported() throws {
        _ = try permissions()
    }

    /// What an imported plan may have.
    func permissions() throws -> Set<ImportPermission> {
        var permissions: Set<ImportPermission> = []
        for word in allow.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            guard let permission = ImportPermission(rawValue: String(word)) else {
                let known = ImportPermission.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError(message: "--allow: there is no \"\(word)\"", hint: "there are \(known)")
            }
            permissions.insert(permission)
        }
        return permissions
    }

    /// The flags that change the spec.
    var shared: SharedFlags {
        var flags = SharedFlags()
        flags.runtime = runtime
        flags.timeout = timeout
        flags.killAfter = killAfter
        flags.capture = capture
        flags.tty = tty
        flags.interactive = interactive
        flags.assignments = set
        return flags
    }

    /// How the launch is looked for in the cache; nil for not at all.
    var launchReuse: LaunchReuse? {
        reuse ? LaunchReuse(looksUp: !noCache, failsOnMiss: failOnCacheMiss) : nil
    }

    func planOptions(_ console: Console) -> PlanOptions {
        var options = PlanOptions()
        options.usesCache = !noCache
        options.failsOnMiss = failOnCacheMiss
        options.allowDegraded = allowDegraded.flatMap {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        if console.showsProgress { options.progress = { ProgressLine.step("sbxpipe: \($0) …") } }
        return options
    }
}
