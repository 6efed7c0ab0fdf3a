import ArgumentParser
import SandboxPipeline
import SandboxSpec

/// Flags of plan, exec and run.
struct PlanningOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The launcher: auto, bwrap, runc, crun, runsc, or direct for none.",
        completion: .words(Spec.RuntimeChoice.self)
    )
    var runtime: String?

    @Option(name: .long, help: ArgumentHelp("Set a field of the spec; repeatable.", valueName: "path=value"))
    var set: [String] = []

    @Flag(name: .long, help: "Run every stage and the launch, also those in the cache.")
    var noCache = false

    @Flag(name: .long, help: "Take the launch from the cache when its key is known; the spec says cache: always.")
    var reuse = false

    @Flag(name: .long, help: "Fail when a stage is not in the cache; with --reuse the launch too.")
    var failOnCacheMiss = false

    @Option(
        name: .long,
        help: ArgumentHelp("Write the launch record here, also when the launch failed.", valueName: "file"),
        completion: .file()
    )
    var result: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Time limit of the launch, as 30s; what it ends has exit code 124.", valueName: "time")
    )
    var timeout: String?

    @Option(name: .long, help: ArgumentHelp("Time between TERM and KILL, as 500ms (5s).", valueName: "time"))
    var killAfter: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How stdout and stderr are kept: separate, combined or none.", valueName: "mode"),
        completion: .words(Spec.Capture.Mode.self)
    )
    var capture: String?

    @Flag(name: .shortAndLong, help: "A terminal of its own for the command, joined to the one that stdin is.")
    var tty = false

    @Flag(name: .shortAndLong, help: "The command reads the caller's stdin.")
    var interactive = false

    @Option(
        name: .long,
        help: ArgumentHelp("Allow a control to be missing; repeatable.", valueName: "control"),
        completion: .words(Control.self)
    )
    var allowDegraded: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What a plan that came from elsewhere may have: host-mounts, sockets, secrets, network, changes.",
            valueName: "list"
        ),
        completion: .words(ImportPermission.self)
    )
    var allow: [String] = []

    @Flag(name: .long, help: "Sync to disk before a result is acknowledged.")
    var durable = false

    var flags: PlanningFlags {
        var flags = PlanningFlags()
        flags.runtime = runtime
        flags.set = set
        flags.noCache = noCache
        flags.reuse = reuse
        flags.failOnCacheMiss = failOnCacheMiss
        flags.result = result
        flags.timeout = timeout
        flags.killAfter = killAfter
        flags.capture = capture
        flags.tty = tty
        flags.interactive = interactive
        flags.allowDegraded = allowDegraded
        flags.allow = allow
        flags.durable = durable
        return flags
    }
}
