import HostFiles
import HostProcess
import PipelineContracts
import SandboxSpec

/// What of a valid spec can't be had on this host, by this caller, in this version.
enum SpecPolicy {
    /// Refuses what is not enforced yet; gives those refusals that the caller allows by name.
    ///
    /// `runtime` is the one that the spec comes to; nil for a word that names none, which resolve refuses.
    static func waived(_ spec: Spec, _ runtime: Spec.RuntimeChoice?, allowed: [String]) throws -> [Refusal] {
        for name in allowed where Control(rawValue: name) == nil {
            throw PipelineError("--allow-degraded: there is no control \"\(name)\"")
        }
        if let problem = SpecRules.problems(in: spec, runtime: runtime).first {
            // What only this runtime contradicts, another of auto's may take.
            throw SpecRules.problems(in: spec).isEmpty ? UnsuitedRuntime(problem: problem) : problem
        }
        let refusals = Unsupported.check(spec)
        try refuse(refusals, but: allowed)
        return refusals
    }

    /// Refuses the first that the caller does not allow by name, or can't.
    static func refuse(_ refusals: [Refusal], but allowed: [String]) throws(SpecError) {
        if let refusal = refusals.first(where: { !$0.waivable || !allowed.contains($0.control.rawValue) }) {
            throw refusal.error
        }
    }

    /// Ids and groups that the caller can't give.
    static func check(_ effective: EffectiveSpec, host: HostFacts) throws {
        if effective.preset.refusesGroups, !host.isRoot, !host.supplementaryGroups.isEmpty {
            let groups = host.supplementaryGroups.map(String.init).joined(separator: ", ")
            throw SpecError(
                field: "preset",
                message:
                    "\"restricted\" is refused: the caller has supplementary groups (\(groups)) and can't drop them",
                hint: "run it as a user without them, or use preset \"baseline\"",
                control: "preset"
            )
        }
        try checkLimits(effective.spec.resources, host)
        let makesNamespace =
            switch effective.namespaces[.user]?.value ?? .off {
            case .on: true
            case .off: false
            case .whenNotRoot:
                !host.isRoot || (effective.uid.value ?? 0) != 0 || (effective.gid.value ?? 0) != 0
            }
        if !makesNamespace {
            if let uid = effective.uid.value, effective.uid.origin == .spec, uid != host.user {
                throw noSuchID("user.uid", uid)
            }
            if let gid = effective.gid.value, effective.gid.origin == .spec, gid != host.group {
                throw noSuchID("user.gid", gid)
            }
        } else if !host.isRoot, !host.userNamespaces {
            throw SpecError(
                field: "namespaces.user",
                message: "this host allows no user namespaces",
                hint: "see sysctl user.max_user_namespaces and kernel.unprivileged_userns_clone",
                control: "namespaces.user"
            )
        }
    }

    /// A hard limit that the caller can't give, as nobody raises one without CAP_SYS_RESOURCE.
    private static func checkLimits(_ resources: Spec.Resources, _ host: HostFacts) throws {
        let capabilities = UInt64(host.capabilities, radix: 16) ?? 0
        if capabilities & (1 << 24) != 0 { return }
        for (name, limit) in resources.rlimits.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let own = ProcessLimit(name.rawValue)?.hard, own != ResourceLimit.unlimited,
                limit.hard == ResourceLimit.unlimited || limit.hard > own
            else { continue }
            let asked = limit.hard == ResourceLimit.unlimited ? "no limit" : "\(limit.hard)"
            throw SpecError(
                field: "resources.rlimits.\(name.rawValue)",
                message: "\(asked) is above the caller's hard limit, \(own), which only CAP_SYS_RESOURCE may raise",
                control: Control.resourcesRlimits.rawValue
            )
        }
    }

    private static func noSuchID(_ field: String, _ id: UInt32) -> SpecError {
        SpecError(
            field: field,
            message: "\(id) is not the caller's, and without a user namespace it can't be had",
            hint: "say \"namespaces\": {\"user\": true}",
            control: "user"
        )
    }

    /// One string of execve(2) has at most 131,071 bytes; all together, with their pointers, 2 MiB less some room.
    static func checkSize(command: [String], _ environment: RenderedEnvironment) throws {
        let lengths = environment.variables.map { ($0.name, $0.name.utf8.count + ($0.value?.utf8.count ?? 0)) }
        for (name, length) in lengths where length + 1 > 131_071 {
            throw SpecError(field: "env", message: "variable \(name) is longer than 131071 bytes")
        }
        let arguments = command.reduce(0) { $0 + $1.utf8.count + 9 }
        let variables = lengths.reduce(0) { $0 + $1.1 + 10 }
        let limit = 2 << 20 - 1 << 16
        guard arguments + variables <= limit else {
            throw SpecError(
                field: "command",
                message: "arguments and environment have \(arguments + variables) bytes, the kernel takes \(limit)",
                hint: "pass the command's arguments in a file"
            )
        }
    }
}
