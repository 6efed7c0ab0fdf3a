import JSONText
package import PipelineContracts
package import SandboxSpec

/// By what a runtime of the Open Container Initiative enforces each control that a spec asks for.
package struct ContainerEnforcement {
    private let effective: EffectiveSpec
    private let facts: ContainerFacts
    private let host: HostFacts
    private let runtime: ContainerRuntime
    private let guardsFile: Bool
    /// What it answers for each control asked for.
    package private(set) var answers: ControlAnswers

    /// `guardsFile` is whether a profile from a file was made to refuse user namespaces too; `waived` is what no runtime
    /// enforces and the caller allows.
    package init(
        _ effective: EffectiveSpec,
        _ facts: ContainerFacts,
        host: HostFacts,
        guardsFile: Bool = false,
        waived: [Refusal]
    ) {
        self.guardsFile = guardsFile
        self.effective = effective
        self.facts = facts
        self.host = host
        runtime = ContainerRuntime(rawValue: facts.launcher.name) ?? .runc
        answers = ControlAnswers(of: facts.launcher.name, effective, waived: waived)
        if runtime == .crun, host.cgroups == "hybrid" {
            let reason = "it starts nothing where cgroups of both versions hold controllers (cgroups: hybrid)"
            answers.miss(.runtime, "crun", reason, hint: "runtime \"bwrap\" or \"runc\" works here", waivable: false)
        }
        addFiles()
        addNamespaces()
        addPrivileges()
        answers.addLimits(
            effective.spec.resources,
            host,
            rlimits: runtime.isGVisor ? "limits in gVisor's own kernel" : "setrlimit(2) before the command is started",
            added: hasReaper ? "; one more is the reaper" : "",
            memory: runtime.isGVisor ? "; \(ContainerRuntime.gVisorMemory >> 20) MiB more are for gVisor itself" : "",
            lacks: lacks
        )
        answers.addTimes(effective, isContained: ownPIDs || runtime.isGVisor)
        addRest()
    }

    private var lacks: [Control: String] {
        switch runtime {
        case .runc: [:]
        case .crun where host.cgroups != "unified":
            Dictionary(
                [Control.resourcesMemory, .resourcesSwap, .resourcesCPUs, .resourcesPIDs].map { control in
                    (control, "crun manages cgroups in a unified hierarchy alone (cgroups: \(host.cgroups))")
                },
                uniquingKeysWith: { first, _ in first }
            )
        case .crun: [:]
        case .runsc: [.resourcesPIDs: "gVisor's own threads, some hundred, would count as the command's"]
        }
    }

    private var hasReaper: Bool { effective.initProcess.value != .never && ownPIDs && facts.reaper != nil }
    private var ownPIDs: Bool { (effective.namespaces[.pid]?.value ?? .off) != .off }

    private mutating func addFiles() {
        let lack = runtime.lackOfRecursion(version: facts.launcher.version, features: facts.launcher.features)
        if let lack {
            answers.miss(
                .root,
                "host",
                lack + ": what is mounted below a read-only folder would stay writable",
                hint: nil,
                waivable: false
            )
        } else {
            answers.addFiles(effective, guardsFileProfiles: guardsFile, texts: "read-only files of the sandbox's own")
        }
        if runtime.isGVisor, effective.spec.broker != nil {
            let reason = "gVisor lets no socket of the host in but by opening all sockets of a folder"
            answers.miss(.broker, true, reason, hint: "runtime \"bwrap\", \"runc\" or \"crun\" has it")
        } else if effective.spec.broker != nil {
            answers.enforce(.broker, true, "binds of socket and shim, and two variables")
        }
    }

    private mutating func addNamespaces() {
        for namespace in Namespace.allCases {
            guard let setting = effective.namespaces[namespace] else { continue }
            switch setting.value {
            case .off:
                guard setting.origin == .spec else { continue }
                addShared(namespace)
            case .whenNotRoot where host.isRoot && ids == (0, 0):
                answers.add(namespace.control, "when-not-root", .notNeeded, "the caller is root")
            case .on, .whenNotRoot:
                if runtime.isGVisor {
                    answers.add(
                        namespace.control,
                        true,
                        .stronger,
                        "gVisor's own kernel, of which nobody else is a part"
                    )
                } else {
                    answers.enforce(namespace.control, true, "a namespace of its own")
                }
            }
        }
        if effective.network.value == .none {
            let how = runtime.isGVisor ? "gVisor's own network stack" : "a network namespace"
            answers.enforce(.network, "none", how + " with nothing but a loopback")
        } else if effective.network.origin == .spec {
            answers.enforce(.network, "host", "the caller's network namespace")
        }
    }

    /// A namespace that is not to be its own.
    private mutating func addShared(_ namespace: Namespace) {
        switch namespace {
        case .mount:
            answers.miss(.namespacesMount, false, "it always makes a mount namespace", hint: nil)
        case .user where !host.isRoot && !runtime.isGVisor:
            answers.miss(.namespacesUser, false, "an ordinary user's container needs one", hint: nil)
        case .net, .user: answers.enforce(namespace.control, false, "the caller's is kept")
        default:
            if runtime.isGVisor {
                let reason = "gVisor's kernel shares it with nobody"
                answers.miss(namespace.control, false, reason, hint: "runtime \"runc\" keeps the caller's")
            } else {
                answers.enforce(namespace.control, false, "the caller's is kept")
            }
        }
    }

    private mutating func addPrivileges() {
        if case .exactly(let list) = effective.capabilities.value {
            let how = "all five sets" + (runtime.isGVisor ? ", in gVisor's own kernel" : "")
            answers.enforce(.capabilities, .strings(list.map(\.name)), how)
        } else if effective.capabilities.origin == .spec {
            answers.enforce(.capabilities, "caller", "the caller's, less what is dropped")
        }
        addSeccomp()
        switch effective.noNewPrivileges.value {
        case true?: answers.enforce(.noNewPrivileges, true, "prctl(PR_SET_NO_NEW_PRIVS)")
        case false? where effective.noNewPrivileges.origin == .spec:
            answers.enforce(.noNewPrivileges, false, "left as the caller has it")
        default: break
        }
        addMasks(.maskedPaths, effective.maskedPaths.value, "covered by the runtime where present")
        addMasks(.readonlyPaths, effective.readonlyPaths.value, "made read-only by the runtime where present")
    }

    private mutating func addMasks(_ control: Control, _ paths: [String], _ how: String) {
        guard !paths.isEmpty else { return }
        if runtime.isGVisor {
            let how = "gVisor's own /proc shows nothing of the host's kernel; elsewhere mounts over those present"
            answers.add(control, .strings(paths), .stronger, how)
        } else {
            answers.enforce(control, .strings(paths), how)
        }
    }

    /// A crun that was built without libseccomp says nothing of a filter that it leaves out; `--version` lists its parts.
    private var lackOfSeccomp: String? {
        runtime == .crun && !facts.launcher.features.contains("+SECCOMP")
            ? "this crun was built without libseccomp" : nil
    }

    private mutating func addSeccomp() {
        let asked = effective.seccomp.value
        if let lack = lackOfSeccomp, asked != .unconfined {
            return answers.miss(.seccomp, asked.json, lack, hint: "runtime \"bwrap\" or \"runc\" has one")
        }
        switch (asked, runtime.isGVisor) {
        case (.standard, true):
            answers.add(.seccomp, "default", .stronger, "gVisor's own kernel answers every system call")
        case (.standard, false):
            answers.enforce(.seccomp, "default", "the built-in allow-list, which \(runtime.rawValue) compiles")
        case (.file, true):
            let reason = "gVisor puts no filter on the command"
            answers.miss(.seccomp, asked.json, reason, hint: "runtime \"bwrap\", \"runc\" or \"crun\" does")
        case (.file, false):
            let guarded = guardsFile ? ", with user namespaces refused in it" : ""
            answers.enforce(.seccomp, asked.json, "the file's profile\(guarded), which \(runtime.rawValue) compiles")
        case (.unconfined, _):
            if effective.seccomp.origin == .spec { answers.enforce(.seccomp, "unconfined", "no filter") }
        }
    }

    private var ids: (UInt32, UInt32) { (effective.uid.value ?? 0, effective.gid.value ?? 0) }

    private mutating func addRest() {
        let place = "read at launch; config.json and the runtime's state lie in a private folder in memory meanwhile"
        answers.addSecrets(effective.spec, place)
        if let hostname = effective.hostname.value {
            answers.enforce(.hostname, .string(hostname), "the document's hostname, in the UTS namespace")
        }
        if runtime.isGVisor, effective.devices.value != .minimal {
            let reason = "gVisor has no devices of the host"
            answers.miss(
                .devices,
                effective.devices.value.json,
                reason,
                hint: "runtime \"bwrap\", \"runc\" or \"crun\" has"
            )
        } else if effective.devices.value != .host || effective.devices.origin == .spec {
            answers.enforce(.devices, effective.devices.value.json, "a /dev of its own, or the host's bound")
        }
        addUser()
        if effective.initProcess.origin == .spec { addReaper() }
        if effective.tty.value {
            answers.enforce(.tty, true, "a pseudo-terminal that \(runtime.rawValue) makes inside")
        }
        if !effective.spec.outputs.isEmpty {
            let how = "collected from the bind, or from a folder in place of the tmpfs"
            answers.enforce(.outputs, .strings(effective.spec.outputs.map(\.path.pattern)), how)
        }
    }

    /// runc becomes user 0 of a user namespace first, and can't where none is.
    private mutating func addUser() {
        if effective.userMap.value == .subids {
            guard runtime.isGVisor else { return answers.addSubordinateIDs(effective, host) }
            // Tried: to an ordinary user's host all are the caller's, to root's they are the host's own.
            let reason = "gVisor's kernel maps no ids: outside they are the caller's, or under root the host's own"
            let hint = "runtime \"bwrap\", \"runc\" or \"crun\" maps them"
            return answers.miss(.user, "subids", reason, field: "user.map", hint: hint, waivable: false)
        }
        let isSingle = effective.userMap.value == .single
        let asked: JSONValue =
            isSingle
            ? [
                "uid": .integer(Int64(effective.uid.value ?? 0)), "gid": .integer(Int64(effective.gid.value ?? 0)),
                "map": "single",
            ] : ["map": "none"]
        let makesNamespace = !host.isRoot || effective.namespaces[.user]?.value == .on || isSingle && ids != (0, 0)
        if runtime == .runc, makesNamespace, !isSingle || ids != (0, 0) {
            let reason = "runc has to be user and group 0 of the user namespace, which one mapped id leaves no room for"
            answers.miss(.user, asked, reason, hint: "runtime \"bwrap\" or \"crun\" can", waivable: false)
        } else if isSingle {
            let how =
                runtime.isGVisor
                ? "gVisor's own kernel has the ids"
                : host.isRoot ? "the caller's own id, or a user namespace that maps it" : "a user namespace"
            answers.enforce(.user, asked, how)
        }
    }

    private mutating func addReaper() {
        let asked = effective.initProcess.value
        let hint = "install Debian's package tini"
        switch (asked, ownPIDs) {
        case (.never, false): answers.enforce(.initProcess, asked.json, "there is no reaper")
        case (.never, true): answers.enforce(.initProcess, asked.json, "the command is PID 1")
        case (.auto, false): answers.add(.initProcess, asked.json, .notNeeded, "there is no PID namespace")
        case (.always, false):
            let reason = "there is no PID namespace that a reaper could be PID 1 of"
            answers.miss(.initProcess, asked.json, reason, hint: "say \"namespaces\": {\"pid\": true}")
        case (_, true):
            if let reaper = facts.reaper {
                answers.enforce(.initProcess, asked.json, "\(reaper.name) \(reaper.version)")
            } else if asked == .auto {
                answers.add(.initProcess, asked.json, .notNeeded, "there is none to be had: the command is PID 1")
            } else {
                answers.miss(.initProcess, asked.json, "there is neither tini-static nor catatonit", hint: hint)
            }
        }
    }
}
