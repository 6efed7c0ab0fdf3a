package import ContentAddressing
package import JSONText
package import PipelineContracts
import SandboxSpec

/// Makes the binding of a description to this host and to a runtime of the Open Container Initiative.
package struct ContainerLowering {
    private let description: SandboxDescription
    private let facts: ContainerFacts
    private let runtime: ContainerRuntime
    private let host: HostFacts

    package init(_ description: SandboxDescription, _ facts: ContainerFacts, host: HostFacts) {
        self.description = description
        self.facts = facts
        self.host = host
        runtime = ContainerRuntime(rawValue: facts.launcher.name) ?? .runc
    }

    /// Lowers the description; `sources` are the real paths of what its binds name, by field.
    ///
    /// `seccomp` is the profile that stands for the description's word; `missing` are controls that can't be had and that
    /// the caller does without.
    package func binding(
        sources: [SourceFact],
        home: String,
        seccomp: (profile: JSONValue, digest: Digest)?,
        missing: [String],
        secrets: [SecretBinding] = []
    ) -> ContainerBinding {
        let makesUserNamespace = makesUserNamespace
        let masked = runtime.divideMasks(description.maskedPaths)
        let readonly = runtime.divideMasks(description.readonlyPaths)
        let filter = runtime.isGVisor ? nil : seccomp
        return ContainerBinding(
            runtime: facts.launcher.name,
            version: facts.launcher.version,
            platform: facts.platform,
            config: .members([
                "ociVersion": .string(ContainerRuntime.specificationVersion(features: facts.launcher.features)),
                "root": ["path": "rootfs", "readonly": true],
                "hostname": description.hostname.map(JSONValue.string),
                "process": process(missing),
                "linux": .members([
                    "namespaces": namespaces(makesUserNamespace),
                    "maskedPaths": masked.byField.isEmpty ? nil : .strings(masked.byField),
                    "readonlyPaths": readonly.byField.isEmpty ? nil : .strings(readonly.byField),
                    "seccomp": filter?.profile,
                    "resources": resources(missing),
                ]),
            ]),
            mounts: MountLowering.lower(
                description,
                sources: sources,
                home: home,
                makesUserNamespace: makesUserNamespace,
                maskedPaths: masked.byMounts,
                readonlyPaths: readonly.byMounts
            ),
            user: description.user,
            makesUserNamespace: makesUserNamespace,
            reaper: reaper,
            mappers: facts.mappers.map(IDMapperBinding.init),
            seccomp: filter?.digest,
            stdinFile: sources.first { $0.field == "stdin" }?.path,
            ownPIDs: description.namespaces.contains("pid"),
            secrets: secrets
        )
    }

    /// An ordinary user's container needs one; gVisor makes its own, of which its document says nothing.
    private var makesUserNamespace: Bool {
        !runtime.isGVisor && (!host.isRoot || description.makesUserNamespace(isRoot: host.isRoot))
    }

    private var reaper: ReaperBinding? {
        guard description.reaper, description.namespaces.contains("pid") else { return nil }
        return facts.reaper.map(ReaperBinding.init)
    }

    private func process(_ missing: [String]) -> JSONValue {
        let words = reaper == nil ? [] : [ReaperBinding.placeInside, "--"]
        let kept = JSONValue.strings(capabilities)
        let limits = description.limits?.leaving(out: missing)?.rlimits ?? [:]
        return .members([
            "terminal": .bool(description.terminal),
            "args": .strings(words + description.command),
            "cwd": .string(description.workdir),
            "capabilities": .object(
                Dictionary(
                    uniqueKeysWithValues: ["ambient", "bounding", "effective", "inheritable", "permitted"]
                        .map { ($0, kept) }
                )
            ),
            "noNewPrivileges": .bool(description.noNewPrivileges),
            "rlimits": limits.isEmpty ? nil : .array(limits.sorted { $0.key < $1.key }.map(Self.rlimit)),
        ])
    }

    private static func rlimit(_ name: String, _ pair: ResourceLimits.Pair) -> JSONValue {
        // RLIM_INFINITY is all ones; JSON of ours has no number beyond 63 bits.
        func value(_ number: Int64) -> JSONValue { .integer(number < 0 ? Int64.max : number) }
        return ["type": .string("RLIMIT_" + name.uppercased()), "soft": value(pair.soft), "hard": value(pair.hard)]
    }

    /// The caller's are those of root, or none: an ordinary user has none to pass on.
    private var capabilities: [String] {
        if let kept = description.capabilities { return kept }
        let own = host.isRoot ? Capability.list(mask: host.capabilities).map(\.name) : []
        let kept = own.filter { !description.droppedCapabilities.contains($0) }
        return (kept + description.addedCapabilities.filter { !kept.contains($0) }).sorted()
    }

    private func namespaces(_ user: Bool) -> JSONValue {
        let words = [
            "cgroup": "cgroup", "ipc": "ipc", "mount": "mount", "net": "network", "pid": "pid", "uts": "uts",
        ]
        // Without a mount namespace of its own no root can be changed.
        let named = Set(description.namespaces).union(["mount"]).compactMap { words[$0] }.sorted()
        let wanted = runtime.isGVisor ? named.filter { $0 != "cgroup" } : named
        return .array((wanted + (user ? ["user"] : [])).map { ["type": .string($0)] })
    }

    /// Bounds that are the cgroup's, with what the launcher itself needs.
    private func resources(_ missing: [String]) -> JSONValue? {
        var members: [String: JSONValue] = [:]
        if let devices { members["devices"] = devices }
        if let limits = description.limits?.leaving(out: missing), limits.needsControlGroup {
            if limits.memory != nil || limits.swap != nil {
                let own = runtime.isGVisor ? ContainerRuntime.gVisorMemory : 0
                members["memory"] = .members([
                    "limit": (limits.memory ?? limits.swap).map { .integer($0 + own) },
                    "swap": limits.swap.map { .integer($0 + own) },
                ])
            }
            if let millicpus = limits.millicpus {
                // A quota has at least a millisecond.
                let period: Int64 = millicpus < 10 ? 1_000_000 : 100_000
                members["cpu"] = ["period": .integer(period), "quota": .integer(millicpus * period / 1000)]
            }
            if let pids = limits.pids { members["pids"] = ["limit": .integer(pids + (reaper == nil ? 0 : 1))] }
        }
        return members.isEmpty ? nil : .object(members)
    }

    /// Root's containers may use no device but the usual ones, unless the host's are asked for.
    private var devices: JSONValue? {
        guard host.isRoot, !runtime.isGVisor, description.devices != .minimal else { return nil }
        return [["allow": true, "access": "rwm"]]
    }
}
