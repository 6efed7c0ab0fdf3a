package import ContentAddressing
import HostFiles
package import PipelineContracts
package import SandboxSpec

/// Makes the portable description of a spec: typed values, sources by their declared names.
package struct DescriptionBuilder {
    private let effective: EffectiveSpec
    private let sources: [SourceFact]
    /// Where socket and shim are inside, by field: their absolute paths, as the environment names them.
    private let brokerPaths: [String: String]
    /// Digest of the seccomp profile that comes from a file.
    private let profile: Digest?
    private let secrets: [SecretDescription]
    /// Digests of the root's layers without compression; nil for a root without layers.
    private let layers: [Digest]?

    /// `sources` tell which optional binds are absent, and the kinds of what is there.
    package init(
        _ effective: EffectiveSpec,
        sources: [SourceFact],
        brokerPaths: [String: String] = [:],
        profile: Digest? = nil,
        secrets: [SecretDescription] = [],
        layers: [Digest]? = nil
    ) {
        self.layers = layers
        self.effective = effective
        self.sources = sources
        self.brokerPaths = brokerPaths
        self.profile = profile
        self.secrets = secrets
    }

    /// The description, for an environment and what stdin's file holds.
    package func description(environment: Digest, stdinDigest: Digest?) -> SandboxDescription {
        let capabilities = capabilityLists
        return SandboxDescription(
            command: effective.spec.command,
            workdir: effective.workdir.value,
            environment: environment,
            stdin: stdin(stdinDigest),
            root: root,
            rootOnly: root.isHost ? effective.preset.rootEntries?.map(\.pattern) : nil,
            mounts: mounts,
            devices: devices,
            namespaces: ["cgroup", "ipc", "mount", "net", "pid", "uts"].filter { name in
                Namespace(rawValue: name).map(effective.has) ?? false
            },
            userNamespace: userNamespace,
            network: effective.network.value.rawValue,
            hostname: effective.hostname.value,
            user: user,
            capabilities: capabilities.kept,
            droppedCapabilities: capabilities.dropped,
            addedCapabilities: capabilities.added,
            noNewPrivileges: effective.noNewPrivileges.value ?? false,
            maskedPaths: effective.maskedPaths.value,
            readonlyPaths: effective.readonlyPaths.value,
            reaper: effective.initProcess.value != .never,
            capture: CaptureRule(
                mode: CaptureRule.Mode(rawValue: effective.captureMode.value.rawValue) ?? .separate,
                limit: effective.captureLimit.value.bytes
            ),
            outputs: effective.spec.outputs.map { OutputRule(path: $0.path.pattern, required: $0.required) },
            coversStore: covers,
            allowsUserNamespaces: !covers || effective.seccomp.value == .unconfined,
            seccomp: seccomp,
            limits: limits,
            terminal: effective.tty.value,
            secrets: secrets
        )
    }

    private var seccomp: String {
        switch effective.seccomp.value {
        case .standard: "default"
        case .unconfined: "unconfined"
        case .file: profile?.description ?? "default"
        }
    }

    private var limits: ResourceLimits? {
        let asked = effective.spec.resources
        let limits = ResourceLimits(
            memory: asked.memory?.bytes,
            swap: asked.swap?.bytes,
            millicpus: asked.cpus.map { Int64($0 * 1000 + 0.5) },
            pids: asked.pids,
            rlimits: Dictionary(
                asked.rlimits.map { ($0.key.rawValue, ResourceLimits.Pair(soft: $0.value.soft, hard: $0.value.hard)) },
                uniquingKeysWith: { first, _ in first }
            ),
            timeout: asked.timeout.map { max(1, $0.milliseconds) },
            grace: asked.grace?.milliseconds
        )
        return limits.isEmpty ? nil : limits
    }

    private var covers: Bool { effective.preset.name == .baseline || effective.preset.name == .restricted }

    private func stdin(_ digest: Digest?) -> StandardInput {
        switch effective.stdin.value {
        case .null: .null
        case .inherit: .inherit
        case .text(let text): .text(text)
        case .file(let file): digest.map { .file(file, $0) } ?? .null
        }
    }

    private var root: SandboxDescription.Root {
        if effective.preset.rootIsHost { return .hostItself }
        switch effective.root.value {
        case .host(.readWrite): return .hostWritable
        case .host(.readOnly): return .hostReadOnly
        case .empty: return .empty
        case .oci, .tar, .folder, .image: return .layers(layers ?? [])
        }
    }

    private var devices: SandboxDescription.Devices {
        switch effective.devices.value {
        case .minimal: .minimal
        case .host: .host
        case .paths(let paths): .paths(paths)
        }
    }

    /// A uid that is not 0 needs a user namespace of root's too.
    private var userNamespace: SandboxDescription.UserNamespace {
        switch effective.namespaces[.user]?.value ?? .off {
        case .on: .always
        case .off: .never
        case .whenNotRoot: (effective.uid.value ?? 0, effective.gid.value ?? 0) == (0, 0) ? .whenNotRoot : .always
        }
    }

    private var user: UserMapping {
        if effective.userMap.value == .none { return UserMapping(user: nil, group: nil, map: "none") }
        let map = effective.userMap.value.rawValue
        return UserMapping(user: effective.uid.value, group: effective.gid.value, map: map)
    }

    private var capabilityLists: (kept: [String]?, dropped: [String], added: [String]) {
        switch effective.capabilities.value {
        case .exactly(let list): (list.map(\.name).sorted(), [], [])
        case .callers(let dropping, let adding): (nil, dropping.map(\.name), adding.map(\.name))
        }
    }

    private var mounts: [MountDescription] {
        presetMounts + brokerMounts + effective.spec.mounts.enumerated().compactMap(declaredMount)
    }

    private var presetMounts: [MountDescription] {
        let tmpfs = effective.presetTmpfs.map { place in
            let path = text(place)
            let permissions = path == "/run" || path == "/var/run" ? "0755" : path.hasPrefix("@") ? "0700" : "1777"
            return MountDescription(.tmpfs, at: path, field: "preset", permissions: permissions)
        }
        return tmpfs + effective.presetHides.map { MountDescription(.hide, at: text($0), field: "preset") }
    }

    private func text(_ place: PresetPlace) -> String {
        switch place {
        case .path(let path): path
        case .symbol(let symbol): "@" + symbol.rawValue
        }
    }

    /// Socket and shim at the same paths inside, as the environment names them.
    private var brokerMounts: [MountDescription] {
        guard let broker = effective.spec.broker else { return [] }
        return [("broker.socket", broker.socket), ("broker.shim", broker.shim)].map { field, declared in
            MountDescription(.bind, at: brokerPaths[field] ?? declared, field: field, source: declared)
        }
    }

    private func declaredMount(_ index: Int, _ mount: Spec.Mount) -> MountDescription? {
        let field = "mounts[\(index)]"
        switch mount {
        case .bind(let bind):
            let fact = sources.first { $0.field == field }
            if fact?.isAbsent == true { return nil }
            if bind.mode == .snapshot {
                return MountDescription(.snapshot, at: bind.destination, field: field, tree: fact?.digest)
            }
            return MountDescription(
                .bind,
                at: bind.destination,
                field: field,
                source: bind.source,
                writable: bind.mode == .readWrite,
                optional: bind.optional
            )
        case .tmpfs(let tmpfs):
            return MountDescription(
                .tmpfs,
                at: tmpfs.destination,
                field: field,
                size: tmpfs.size?.bytes,
                permissions: tmpfs.mode?.text
            )
        case .text(let file):
            return MountDescription(
                .text,
                at: file.destination,
                field: field,
                permissions: file.mode?.text,
                text: file.text
            )
        case .hide(let path, let optional):
            return MountDescription(.hide, at: path, field: field, optional: optional)
        case .readonly(let path, let optional):
            return MountDescription(.readonly, at: path, field: field, optional: optional)
        }
    }
}
