import ContentAddressing
import HostFiles
package import PipelineContracts

/// The text for people in each bundle: how to run it without sbxpipe.
///
/// It says the same wherever the bundle is written, so it goes by the portable description alone.
package struct BundleReadme: Sendable {
    private let record: BundleRecord
    private let description: SandboxDescription
    private let environment: RenderedEnvironment
    /// Whether the image has a root to run in; else the host's has to serve.
    private let hasRoot: Bool

    package init(
        _ record: BundleRecord,
        _ description: SandboxDescription,
        _ environment: RenderedEnvironment,
        hasRoot: Bool
    ) {
        self.record = record
        self.description = description
        self.environment = environment
        self.hasRoot = hasRoot
    }

    /// The text; `layers` are those below ours as the bundle has them.
    func text(image: String, layers: [(descriptor: Descriptor, isRoot: Bool)]) -> String {
        var lines = [
            "A \(record.kind) of sbxpipe, \(Printable.escaped(record.name)), as an OCI image.",
            "",
            "plan \(record.plan)",
        ]
        if let run = record.run { lines.append("run  \(run)") }
        lines += [
            "", "With sbxpipe, FILE being the bundle:", "",
            "    sbxpipe inspect FILE", "    sbxpipe import FILE",
            record.run == nil ? "    sbxpipe exec FILE" : "    sbxpipe replay --check FILE",
        ]
        if hasRoot {
            lines += [
                "", "With podman:", "",
                "    podman load -i FILE", "    podman run --rm\(networkFlag) \(image)",
            ]
        }
        lines += ["", "With tar and bubblewrap alone, in an empty folder:", "", "    tar -xf FILE", "    mkdir root"]
        for layer in layers { lines.append("    tar -xf blobs/sha256/\(layer.descriptor.digest.hex) -C root") }
        lines += ["    " + bubblewrap.map(Printable.shellQuoted).joined(separator: " ")]
        lines += [
            "",
            "These show the command the same files, environment and network. Without sbxpipe there are no seccomp filter, no",
            "limits, no hidden files and no secrets; whiteouts in layers are podman's to apply.",
        ]
        let binds = description.mounts.filter { $0.kind == .bind && !$0.isPreset }
        if !binds.isEmpty {
            lines += ["", "Folders of the host that it wants, which do not travel:", ""]
            lines += binds.map { "    \(Printable.escaped($0.source ?? $0.at)) at \(Printable.escaped($0.at))" }
        }
        let secrets = description.secrets.map { Printable.escaped($0.name) }
        if !secrets.isEmpty { lines += ["", "Secrets that it wants: " + secrets.joined(separator: ", ")] }
        return lines.joined(separator: "\n") + "\n"
    }

    private var networkFlag: String { description.network == "none" ? " --network none" : "" }

    /// The plain launcher's command line, for a folder `root` with what the layers hold.
    private var bubblewrap: [String] {
        var words = ["bwrap", "--unshare-all"]
        if description.network != "none" { words.append("--share-net") }
        words.append("--die-with-parent")
        if hasRoot {
            words += ["--ro-bind", "root", "/"]
        } else {
            // A root of its own, in which mount points can be made.
            for name in ["bin", "etc", "lib", "lib32", "lib64", "libx32", "opt", "sbin", "usr"] {
                words += ["--ro-bind-try", "/\(name)", "/\(name)"]
            }
        }
        words += ["--dev", "/dev", "--proc", "/proc"]
        for mount in description.mounts {
            switch mount.kind {
            case .tmpfs where !mount.at.hasPrefix("@") && !mount.at.hasPrefix("~"):
                if !mount.isPreset || ["/tmp", "/run", "/var/tmp"].contains(mount.at) {
                    words += ["--tmpfs", mount.at]
                }
            case .bind where !mount.isPreset:
                words += [mount.writable ? "--bind" : "--ro-bind", mount.source ?? mount.at, mount.at]
            case .snapshot where !hasRoot: words += ["--ro-bind", "root" + mount.at, mount.at]
            default: break
            }
        }
        words.append("--clearenv")
        for variable in environment.variables {
            if let value = variable.value { words += ["--setenv", variable.name, value] }
        }
        return words + ["--chdir", description.workdir, "--"] + description.command
    }
}
