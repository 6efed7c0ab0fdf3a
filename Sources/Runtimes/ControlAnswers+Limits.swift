import JSONText
import PipelineContracts
import SandboxSpec

extension ControlAnswers {
    /// Bounds by a cgroup, and those of setrlimit(2).
    ///
    /// `rlimits` is how the latter are set; `added` what is said of processes of the launcher's that count as well, and
    /// `memory` of its memory; `lacks` are bounds that the launcher has not, with the reason.
    mutating func addLimits(
        _ resources: Spec.Resources,
        _ host: HostFacts,
        rlimits: String,
        added: String,
        memory: String = "",
        lacks: [Control: String] = [:]
    ) {
        for (control, value) in resources.bounds {
            if let reason = lacks[control] {
                miss(control, value, reason, hint: "another runtime has it")
                continue
            }
            switch control {
            case .resourcesRlimits: addProcessLimits(resources, value, host, rlimits, added)
            case .resourcesPIDs: addBound(control, value, host, "pids", added)
            case .resourcesCPUs: addBound(control, value, host, "cpu")
            default: addBound(control, value, host, "memory", memory)
            }
        }
    }

    private mutating func addBound(
        _ control: Control,
        _ value: JSONValue,
        _ host: HostFacts,
        _ controller: String,
        _ more: String = ""
    ) {
        if host.controllers?.contains(controller) == true {
            let how = "a cgroup of its own with the \(controller) controller (cgroups: \(host.cgroups))"
            enforce(control, value, how + more)
        } else {
            miss(
                control,
                value,
                "the caller can make no cgroup with the \(controller) controller here (cgroups: \(host.cgroups))",
                hint: "run it as root, or where cgroups are delegated: systemd-run --user --scope -p Delegate=yes"
            )
        }
    }

    private mutating func addProcessLimits(
        _ resources: Spec.Resources,
        _ value: JSONValue,
        _ host: HostFacts,
        _ how: String,
        _ added: String
    ) {
        let boundsProcesses = resources.rlimits[.processes] != nil
        if host.isRoot, boundsProcesses {
            let reason = "the kernel holds root to no nproc, in a user namespace of root's neither"
            miss(.resourcesRlimits, value, reason, field: "resources.rlimits.nproc", hint: "use resources.pids")
        } else {
            enforce(.resourcesRlimits, value, how + (boundsProcesses ? added : ""))
        }
    }

    /// The time limit, which the launch itself keeps, whatever the runtime.
    ///
    /// `isContained` is whether all that the command started dies with one process.
    mutating func addTimes(_ effective: EffectiveSpec, isContained: Bool) {
        let resources = effective.spec.resources
        let what =
            isContained
            ? "of the sandbox's first process, and with it of all others"
            : resources.needsControlGroup
                ? "of the cgroup, and of what is found below the waiter"
                : "of the command's group, and of what is found below the waiter"
        for (control, value) in resources.times {
            if control == .resourcesTimeout {
                let grace = effective.grace.value?.text ?? Spec.Resources.standardGrace
                enforce(control, value, "a timer of the launch: TERM to the command, after \(grace) KILL " + what)
            } else {
                enforce(control, value, "between TERM and KILL at the time limit, and of stop")
            }
        }
    }
}
