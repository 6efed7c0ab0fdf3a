import JSONText
package import PipelineContracts

/// The command lines of one launch by a runtime of the Open Container Initiative.
package struct ContainerCommand: Sendable {
    package let runtime: ContainerRuntime
    package let launcher: LauncherFacts
    package let bundle: ContainerBundle
    /// Folder of the launch: bundle, state, log and pid file lie in it.
    package let folder: String
    /// What the runtime calls the container.
    package let id: String
    /// Name of the container's own cgroup; nil for none.
    package let controlGroup: String?
    package let hasReaper: Bool
    /// What the runtime finds on its PATH, which is the launch's folder: links to be made there, by name.
    package let helpers: [(name: String, path: String)]
    /// Where the runtime hands over the command's terminal; nil where that has none.
    package let consoleSocket: String?
    private let options: [String]

    package init(
        _ binding: ContainerBinding,
        _ facts: LauncherFacts,
        bundle: ContainerBundle,
        folder: String,
        id: String,
        isRoot: Bool
    ) {
        controlGroup = bundle.config["linux"]?["cgroupsPath"]?.stringValue
        hasReaper = binding.reaper != nil
        helpers = binding.mappers.map { Array(zip(IDMappers.names, [$0.users.path, $0.groups.path])) } ?? []
        consoleSocket = bundle.config["process"]?["terminal"] == true ? folder + "/console" : nil
        runtime = ContainerRuntime(rawValue: binding.runtime) ?? .runc
        launcher = facts
        self.bundle = bundle
        self.folder = folder
        self.id = id
        options =
            switch runtime {
            case .runc: []
            case .crun:
                // It takes a unified hierarchy alone, and an ordinary user has none to manage.
                binding.config["linux"]?["resources"] == nil
                    ? ["--cgroup-manager=disabled"] : ["--cgroup-manager=cgroupfs"]
            case .runsc:
                ["--platform=" + (binding.platform ?? "ptrace")]
                    + ["--network=" + (binding.mounts.sharesNetwork ? "host" : "none")]
                    + (isRoot ? [] : ["--rootless"])
                    + (binding.config["linux"]?["resources"] == nil ? ["--ignore-cgroups"] : [])
            }
    }

    package var bundleFolder: String { Self.bundleFolder(folder) }
    package var logFile: String { folder + "/log.json" }
    package static let processFile = "pid"

    /// Where the bundle of a launch lies.
    package static func bundleFolder(_ folder: String) -> String { folder + "/bundle" }

    private var leading: [String] { [launcher.path, "--root", folder + "/state"] }

    /// What `--print-command` prints, and what the launch record keeps.
    package var arguments: [String] {
        leading + ["--log", logFile, "--log-format", "json"] + options
            + ["run", "--detach"] + (consoleSocket.map { ["--console-socket", $0] } ?? [])
            + ["--pid-file", "\(folder)/\(Self.processFile)", "--bundle", bundleFolder, id]
    }

    /// What takes away all that the runtime made.
    package var deletion: [String] {
        leading + options.filter { $0.hasPrefix("--rootless") || $0.hasPrefix("--cgroup") } + ["delete", "--force", id]
    }

    /// The launcher's own environment: none of a spec's.
    ///
    /// With nothing else on PATH crun finds no newuidmap, which it would ask, aloud, for one id that is the caller's own.
    package var environment: [String] { ["PATH=" + folder, "XDG_RUNTIME_DIR=" + folder] }
}
