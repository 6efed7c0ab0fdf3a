import JSONText
package import PipelineContracts
package import SandboxSpec

/// By what bubblewrap enforces each control that a spec asks for.
package struct BubblewrapEnforcement {
    private let effective: EffectiveSpec
    private let host: HostFacts
    private let reaper: LauncherFacts?
    /// What it answers for each control asked for.
    package private(set) var answers: ControlAnswers

    /// `waived` is what no runtime enforces and the caller allows; `reaper` is PID 1 in place of bubblewrap's own.
    package init(_ effective: EffectiveSpec, host: HostFacts, reaper: LauncherFacts? = nil, waived: [Refusal]) {
        self.effective = effective
        self.host = host
        self.reaper = reaper
        answers = ControlAnswers(of: "bwrap", effective, waived: waived)
        answers.addFiles(effective, guardsFileProfiles: true, texts: "read-only files in memory")
        addNamespaces()
        addPrivileges()
        answers.addLimits(
            effective.spec.resources,
            host,
            rlimits: "prlimit(2) before the command is started",
            added: added
        )
        answers.addTimes(effective, isContained: (effective.namespaces[.pid]?.value ?? .off) != .off)
        addRest()
    }

    private mutating func addNamespaces() {
        for namespace in Namespace.allCases {
            guard let setting = effective.namespaces[namespace] else { continue }
            switch setting.value {
            case .off:
                guard setting.origin == .spec else { continue }
                if namespace == .mount {
                    let hint = effective.preset.rootIsHost ? "runtime \"direct\" makes none" : nil
                    answers.miss(.namespacesMount, false, "it always makes a mount namespace", hint: hint)
                } else {
                    answers.enforce(namespace.control, false, "the caller's is kept")
                }
            case .whenNotRoot where host.isRoot && (effective.uid.value ?? 0, effective.gid.value ?? 0) == (0, 0):
                answers.add(namespace.control, "when-not-root", .notNeeded, "the caller is root")
            case .on, .whenNotRoot:
                answers.enforce(namespace.control, true, "a namespace of its own")
            }
        }
        if effective.network.value == .none {
            answers.enforce(.network, "none", "a network namespace with nothing but a loopback")
        } else if effective.network.origin == .spec {
            answers.enforce(.network, "host", "the caller's network namespace")
        }
    }

    private mutating func addPrivileges() {
        if case .exactly(let list) = effective.capabilities.value {
            let how = "permitted, effective, inheritable and ambient sets; no-new-privileges keeps the rest away"
            answers.enforce(.capabilities, .strings(list.map(\.name)), how)
        } else if effective.capabilities.origin == .spec {
            answers.enforce(.capabilities, "caller", "the caller's, less what is dropped")
        }
        switch effective.seccomp.value {
        case .standard: answers.enforce(.seccomp, "default", "the built-in allow-list, compiled by libseccomp")
        case .file:
            answers.enforce(.seccomp, effective.seccomp.value.json, "the file's profile, compiled by libseccomp")
        case .unconfined where effective.seccomp.origin == .spec:
            answers.enforce(.seccomp, "unconfined", "no filter")
        case .unconfined: break
        }
        if effective.noNewPrivileges.value == true {
            answers.enforce(.noNewPrivileges, true, "prctl(PR_SET_NO_NEW_PRIVS), which bubblewrap always sets")
        }
        if !effective.maskedPaths.value.isEmpty {
            answers.enforce(.maskedPaths, .strings(effective.maskedPaths.value), "mounts over those present")
        }
        if !effective.readonlyPaths.value.isEmpty {
            let how = "read-only binds over those present"
            answers.enforce(.readonlyPaths, .strings(effective.readonlyPaths.value), how)
        }
    }

    /// The reaper that is PID 1 of a PID namespace is in the cgroup, and has the limits, too.
    private var added: String {
        let hasReaper = effective.initProcess.value != .never && (effective.namespaces[.pid]?.value ?? .off) != .off
        return hasReaper ? "; one more is the reaper" : ""
    }

    private mutating func addRest() {
        if let hostname = effective.hostname.value {
            answers.enforce(.hostname, .string(hostname), "sethostname in the UTS namespace")
        }
        if effective.devices.value != .host || effective.devices.origin == .spec {
            answers.enforce(.devices, effective.devices.value.json, "a /dev of its own, or the host's bound")
        }
        if effective.userMap.value == .single {
            let ids: JSONValue = [
                "uid": .integer(Int64(effective.uid.value ?? 0)), "gid": .integer(Int64(effective.gid.value ?? 0)),
                "map": "single",
            ]
            let how = host.isRoot ? "the caller's own id, or a user namespace that maps it" : "a user namespace"
            answers.enforce(.user, ids, how)
        }
        if effective.userMap.value == .subids { addSubordinateIDs() }
        if effective.initProcess.origin == .spec { addReaper() }
        if effective.tty.value {
            // What the terminal sends to its foreground group reaches bubblewrap too (tried, 0.8.0), but where the
            // reaper gives the command a group of its own.
            let lack =
                reaper == nil ? "; INT and QUIT from the terminal end the whole sandbox, as there is no tini" : ""
            answers.enforce(.tty, true, "a pseudo-terminal of the tool's own" + lack)
        }
        if effective.spec.broker != nil {
            answers.enforce(.broker, true, "binds of socket and shim, and two variables")
        }
        answers.addSecrets(
            effective.spec,
            "read at launch; values go to bubblewrap by descriptor, and into no file outside"
        )
        if !effective.spec.outputs.isEmpty {
            let how = "collected from the bind, or from a folder in place of the tmpfs"
            answers.enforce(.outputs, .strings(effective.spec.outputs.map(\.path.pattern)), how)
        }
    }

    private mutating func addSubordinateIDs() {
        guard (effective.namespaces[.pid]?.value ?? .off) != .off else {
            // It is in the user namespace, and with the host's mounts: whoever may trace it there is outside (tried).
            let reason = "without a PID namespace bubblewrap's own process would be within the command's reach"
            let hint = "say \"namespaces\": {\"pid\": true}, or use runtime \"runc\" or \"crun\""
            return answers.miss(.user, "subids", reason, field: "user.map", hint: hint, waivable: false)
        }
        let resources = effective.spec.resources
        if effective.uid.value ?? 0 != 0, resources.needsControlGroup || !resources.rlimits.isEmpty {
            let reason = "bubblewrap can't both start under limits and keep a namespace's descriptor from the command"
            let hint = "runtime \"runc\" or \"crun\" can, and so can bubblewrap with user.uid 0"
            return answers.miss(.user, "subids", reason, field: "user.map", hint: hint, waivable: false)
        }
        answers.addSubordinateIDs(effective, host)
    }

    /// bubblewrap reaps in the PID namespace that it makes, and nowhere else.
    private mutating func addReaper() {
        let asked = effective.initProcess.value
        switch (asked, effective.namespaces[.pid]?.value ?? .off) {
        case (.never, .off): answers.enforce(.initProcess, asked.json, "there is no reaper")
        case (.never, _): answers.enforce(.initProcess, asked.json, "the command is PID 1")
        case (.auto, .off): answers.add(.initProcess, asked.json, .notNeeded, "there is no PID namespace")
        case (.always, .off):
            let reason = "there is no PID namespace that a reaper could be PID 1 of"
            answers.miss(.initProcess, asked.json, reason, hint: "say \"namespaces\": {\"pid\": true}")
        default: answers.enforce(.initProcess, asked.json, reaper?.name ?? "bubblewrap's own reaper")
        }
    }
}
