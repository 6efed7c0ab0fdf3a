import ArgumentParser
import HostFiles
import SandboxPipeline
import SandboxSpec

/// The flags of `run` that stand for a spec; each is worded as podman's users know it.
struct SandboxOptions: ParsableArguments {
    @Option(name: .long, help: "What ls and REF call it; the command's name unless given.")
    var name: String?

    @Option(
        name: .long,
        help: "What the sandbox is by default: baseline, restricted, privileged or overlay.",
        completion: .words(Preset.Name.self)
    )
    var preset: String?

    @Option(
        name: [.customShort("e"), .long],
        help: ArgumentHelp("A variable; without a value, the caller's.", valueName: "key[=val]")
    )
    var env: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Variables, a KEY=VAL a line.", valueName: "file"),
        completion: .file()
    )
    var envFile: [String] = []

    @Option(
        name: [.customShort("v"), .long],
        help: ArgumentHelp("Bind a host path, rw unless told.", valueName: "src:dst[:ro]"),
        completion: .file()
    )
    var volume: [String] = []

    @Option(name: .long, help: ArgumentHelp("An empty file system in memory.", valueName: "dst[:size=64M]"))
    var tmpfs: [String] = []

    @Option(name: .long, help: ArgumentHelp("A path that is not to be seen.", valueName: "path"), completion: .file())
    var hide: [String] = []

    @Option(name: .long, help: ArgumentHelp("A path that can't be written.", valueName: "path"), completion: .file())
    var readonly: [String] = []

    @Option(name: .long, help: ArgumentHelp("A device of the host.", valueName: "path"), completion: .file())
    var device: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Socket and shim of a broker.", valueName: "socket:shim"),
        completion: .file()
    )
    var broker: String?

    @Option(name: .long, help: ArgumentHelp("The command's stdin.", valueName: "file"), completion: .file())
    var stdin: String?

    @Option(name: [.customShort("w"), .long], help: ArgumentHelp("The working folder inside.", valueName: "dir"))
    var workdir: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where / comes from: host:ro, host:rw, oci:PATH[:TAG], tar:FILE, dir:FOLDER, empty.",
            valueName: "root"
        ),
        completion: .list(["host:ro", "host:rw"])
    )
    var rootfs: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The network: none or host.", valueName: "mode"),
        completion: .words(Spec.NetworkMode.self)
    )
    var network: String?

    @Option(name: .long, help: ArgumentHelp("The name of the host inside.", valueName: "name"))
    var hostname: String?

    @Option(name: .long, help: ArgumentHelp("Memory limit, by a cgroup.", valueName: "size"))
    var memory: String?

    @Option(name: .long, help: ArgumentHelp("Processor limit, by a cgroup.", valueName: "number"))
    var cpus: String?

    @Option(name: .long, help: ArgumentHelp("Limit of processes, by a cgroup.", valueName: "number"))
    var pidsLimit: String?

    @Option(name: .long, help: ArgumentHelp("A limit of setrlimit(2), as nofile=1024.", valueName: "name=soft[:hard]"))
    var ulimit: [String] = []

    @Option(name: .long, help: ArgumentHelp("The ids inside.", valueName: "uid[:gid]"))
    var user: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A capability to drop, or ALL; repeatable.", valueName: "cap"),
        completion: .capability
    )
    var capDrop: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A capability to add; repeatable.", valueName: "cap"),
        completion: .capability
    )
    var capAdd: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("seccomp=unconfined, or seccomp=FILE with a profile in OCI form.", valueName: "option"),
        completion: .list(["seccomp=unconfined"])
    )
    var securityOpt: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A variable whose value nothing keeps: NAME[=env:VAR|file:PATH], the caller's NAME unless said otherwise.",
            valueName: "name"
        )
    )
    var secret: [String] = []

    @Option(name: .long, help: ArgumentHelp("A path inside that is collected afterwards.", valueName: "path"))
    var output: [String] = []

    @Flag(name: .customLong("init"), inversion: .prefixedNo, help: "A reaper as PID 1.")
    var initProcess: Bool?

    /// As plain values; files of variables are read here.
    func flags(_ command: [String]) throws -> RunFlags {
        var flags = RunFlags(command: command)
        flags.name = name
        flags.preset = preset
        flags.variables = env
        flags.environmentFiles = try envFile.map { path in
            do throws(FileError) {
                let bytes = try FileContent.read(path, limit: 4 << 20)
                return RunFlags.EnvironmentFile(name: path, text: String(decoding: bytes, as: UTF8.self))
            } catch {
                throw PipelineError("--env-file: \(path): \(error.reason)")
            }
        }
        flags.volumes = volume
        flags.tmpfs = tmpfs
        flags.hide = hide
        flags.readonly = readonly
        flags.devices = device
        flags.broker = broker
        flags.stdin = stdin
        flags.workdir = workdir
        flags.rootfs = rootfs
        flags.network = network
        flags.hostname = hostname
        flags.memory = memory
        flags.cpus = cpus
        flags.pids = pidsLimit
        flags.ulimits = ulimit
        flags.user = user
        flags.capDrop = capDrop
        flags.capAdd = capAdd
        flags.securityOptions = securityOpt
        flags.secrets = secret
        flags.outputs = output
        flags.initProcess = initProcess
        return flags
    }
}
