import HostFiles
package import PipelineContracts

/// The command line of one launch by bubblewrap, filled in for this host.
package struct BubblewrapCommand: Sendable {
    /// Arguments of mounts and namespaces that come ahead of what is given by descriptor.
    private let leading: [String]
    /// What closes the mounts, and the working folder.
    private let trailing: [String]
    private let command: [String]
    /// A file whose content goes by descriptor.
    package struct PassedText: Sendable, Hashable {
        package enum Content: Sendable, Hashable {
            case text(String)
            /// The value of the secret of that name.
            case secret(String)
        }

        /// Path inside.
        package let at: String
        /// Octal.
        package let permissions: String
        package let content: Content
    }

    /// In order of their descriptors.
    package let texts: [PassedText]
    private let environment: [RenderedEnvironment.Variable]
    /// Whether a profile's filter, and one against user namespaces, go by descriptor as well.
    package let hasFilter: Bool
    package let hasGuard: Bool
    /// Whether it may have to enter a user namespace.
    private let mayNest: Bool
    package let launcher: String

    package init(
        launcher: String,
        binding: BubblewrapBinding,
        tree: SandboxTree,
        command: [String],
        environment: RenderedEnvironment
    ) {
        self.launcher = launcher
        self.command = (binding.reaper == nil ? [] : [ReaperBinding.placeInside, "--"]) + command
        self.environment = environment.variables
        hasFilter = binding.seccomp != nil
        hasGuard = binding.refusesUserNamespaces
        mayNest = binding.mapsSubordinateIDs
        var mounts: [String] = []
        var closing: [String] = []
        var texts: [PassedText] = []
        for operation in tree.ordered {
            let at = operation.at
            switch operation.action {
            case .bind(let source, true, true): mounts += ["--dev-bind", source, at]
            case .bind(let source, true, false): mounts += ["--bind", source, at]
            case .bind(let source, false, _): mounts += ["--ro-bind", source, at]
            case .symlink(let target): mounts += ["--symlink", target, at]
            case .tmpfs(let size, let permissions):
                mounts += ["--perms", permissions] + (size.map { ["--size", String($0)] } ?? []) + ["--tmpfs", at]
            case .folder: mounts += ["--dir", at]
            case .text(let text, let permissions):
                texts.append(PassedText(at: at, permissions: permissions, content: .text(text)))
            case .secret(let name): texts.append(PassedText(at: at, permissions: "0400", content: .secret(name)))
            case .emptyFolder:
                mounts += ["--tmpfs", at]
                closing += ["--remount-ro", at]
            case .emptyFile: mounts += ["--ro-bind", "/dev/null", at]
            case .proc: mounts += ["--proc", at]
            case .devices: mounts += ["--dev", at]
            }
        }
        if let reaper = binding.reaper { mounts += ["--ro-bind", reaper.path, ReaperBinding.placeInside] }
        if tree["/"] == nil { closing += ["--remount-ro", "/"] }
        leading = binding.before + mounts
        trailing = closing + binding.after
        self.texts = texts
    }

    /// What `--print-command` prints, and what the launch record keeps.
    package var arguments: [String] { [launcher] + leading + trailing + ["--"] + command }

    /// The list as the launcher gets it: the same, with `--args FD` ahead of what closes the mounts.
    package func arguments(extraFrom descriptor: Int32) -> [String] {
        [launcher] + leading + ["--args", String(descriptor)] + trailing + ["--"] + command
    }

    /// What goes by `--args FD`: environment, files by descriptor, and where bubblewrap reports to.
    ///
    /// `textDescriptors` are the numbers that the launcher has the texts under, in order; `isGated` has it wait for a byte
    /// before it starts the command, `isNested` enter a user namespace. A secret that has no value here is shown by its name.
    package func extraArguments(textDescriptors: [Int32], isGated: Bool = false, isNested: Bool = false) -> [String] {
        var extra = ["--clearenv"]
        for variable in environment where variable.origin != .workdir {
            extra += ["--setenv", variable.name, variable.value ?? variable.placeholder]
        }
        for (file, descriptor) in zip(texts, textDescriptors) {
            extra += ["--perms", file.permissions, "--ro-bind-data", String(descriptor), file.at]
        }
        if isNested {
            let namespace = String(Self.namespaceDescriptor)
            // It leaves the command the descriptor of a namespace, but closes one that it has tried to read a byte from.
            extra += ["--userns", namespace] + (isGated ? [] : ["--block-fd", namespace])
        }
        if isGated { extra += ["--block-fd", String(Self.gateDescriptor)] }
        if hasFilter { extra += ["--add-seccomp-fd", String(Self.filterDescriptor)] }
        if hasGuard { extra += ["--add-seccomp-fd", String(Self.guardDescriptor)] }
        return extra + ["--json-status-fd", String(Self.statusDescriptor)]
    }

    /// How many arguments bubblewrap counts in all; it takes 9,000 (bubblewrap.c, MAX_ARGS).
    package var argumentCount: Int {
        arguments.count + 2 + 3 * environment.count + 5 * texts.count + 9 + (mayNest ? 4 : 0)
    }

    package static let argumentLimit = 9_000

    /// Numbers that the launcher has its descriptors under; texts follow them.
    package static let statusDescriptor: Int32 = 3
    package static let argumentDescriptor: Int32 = 4
    package static let filterDescriptor: Int32 = 5
    package static let gateDescriptor: Int32 = 6
    package static let guardDescriptor: Int32 = 7
    package static let namespaceDescriptor: Int32 = 8

    /// Number of the text at an index.
    package static func textDescriptor(_ index: Int) -> Int32 { namespaceDescriptor + 1 + Int32(index) }
}
