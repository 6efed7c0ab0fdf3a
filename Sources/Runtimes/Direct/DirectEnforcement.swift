import JSONText
package import PipelineContracts
package import SandboxSpec

/// What is left of each control that a spec asks for when its command is started as it is, with no launcher.
///
/// Nothing is mounted, no namespace made, no privilege dropped: a control holds where the host already is as asked, and
/// is missing otherwise. The preset's own mount namespace is not needed, as nothing is mounted in it.
package struct DirectEnforcement {
    private let effective: EffectiveSpec
    private let host: HostFacts
    private let sources: [SourceFact]
    /// What it answers for each control asked for.
    package private(set) var answers: ControlAnswers

    /// `sources` has the mounts' places as resolve found them; `waived` is what no runtime enforces and the caller allows.
    package init(_ effective: EffectiveSpec, sources: [SourceFact], host: HostFacts, waived: [Refusal]) {
        self.effective = effective
        self.host = host
        self.sources = sources
        answers = ControlAnswers(of: "direct", effective, waived: waived)
        addMounts()
        addNamespaces()
        addPrivileges()
        addRest()
    }

    private mutating func add(_ control: Control, _ asked: JSONValue, _ answer: Enforcement.Answer, _ detail: String) {
        answers.add(control, asked, answer, detail)
    }

    private mutating func miss(_ control: Control, _ asked: JSONValue, _ reason: String, field: String? = nil) {
        answers.miss(control, asked, reason, field: field, hint: "runtime \"bwrap\" enforces it")
    }

    private mutating func addMounts() {
        for control in [Control.mountsBind, .mountsSnapshot, .mountsTmpfs, .mountsText, .mountsHide, .mountsReadonly] {
            var asked: [String] = []
            var missing: (field: String, reason: String)?
            for (index, mount) in effective.spec.mounts.enumerated() where mount.control == control {
                let field = "mounts[\(index)]"
                switch mount {
                case .bind(let bind) where bind.mode == .snapshot:
                    asked.append(bind.destination)
                    missing = missing ?? ("\(field).mode", "it makes no mounts")
                case .bind(let bind):
                    asked.append(bind.destination)
                    let lack = DirectLowering.lack(of: field, writable: bind.mode == .readWrite, sources)
                    missing = missing ?? lack.map { ("\(field).bind", $0) }
                case .hide(let path, _), .readonly(let path, _):
                    asked.append(path)
                    missing = missing ?? ("\(field).\(mount.key)", "it makes no mounts")
                case .tmpfs, .text:
                    asked.append(mount.place?.path ?? "")
                    missing = missing ?? ("\(field).\(mount.key)", "it makes no mounts")
                }
            }
            if asked.isEmpty { continue }
            if let missing {
                miss(control, .strings(asked), missing.reason, field: missing.field)
            } else {
                add(control, .strings(asked), .notNeeded, "the sources lie at their places already, or are not there")
            }
        }
    }

    private mutating func addSecrets() {
        let files = effective.spec.secrets.filter { $0.value.destination != nil }.keys.sorted()
        guard let first = files.first else {
            return answers.addSecrets(effective.spec, "read at launch, for the command's own environment")
        }
        let field = Spec.Secret.field(of: first) + ".at"
        answers.miss(
            .secrets,
            .strings(effective.spec.secrets.keys.sorted()),
            "it makes no mounts",
            field: field,
            hint: "without \"at\" it is a variable; runtime \"bwrap\" makes files of secrets",
            waivable: false
        )
    }

    private mutating func addNamespaces() {
        for namespace in Namespace.allCases {
            guard let setting = effective.namespaces[namespace] else { continue }
            switch (setting.value, setting.origin) {
            case (.off, .spec): add(namespace.control, false, .enforced, "the caller's is kept")
            case (.off, _): continue
            case (_, .spec): miss(namespace.control, true, "it makes no namespaces")
            case (_, _) where namespace == .mount:
                add(namespace.control, true, .notNeeded, "nothing is mounted")
            default: miss(namespace.control, true, "it makes no namespaces")
            }
        }
        if effective.network.value == .none {
            miss(.network, "none", "it makes no namespaces")
        } else if effective.network.origin == .spec {
            add(.network, "host", .enforced, "the caller's network namespace")
        }
        if let hostname = effective.hostname.value { miss(.hostname, .string(hostname), "it makes no namespaces") }
    }

    private mutating func addPrivileges() {
        if effective.capabilities.origin == .spec || effective.capabilities.value != .callers(dropping: [], adding: [])
        {
            switch effective.capabilities.value {
            case .callers(let dropping, let adding) where dropping.isEmpty && (adding.isEmpty || host.isRoot):
                add(.capabilities, "caller", .enforced, "the caller's are passed on as they are")
            case .callers(let dropping, let adding):
                let asked: JSONValue = [
                    "drop": .strings(dropping.map(\.name)), "add": .strings(adding.map(\.name)),
                ]
                miss(.capabilities, asked, "the caller's are passed on as they are")
            case .exactly(let list):
                miss(.capabilities, .strings(list.map(\.name)), "the caller's are passed on as they are")
            }
        }
        if effective.seccomp.value != .unconfined {
            miss(.seccomp, effective.seccomp.value.json, "it installs no filter")
        } else if effective.seccomp.origin == .spec {
            add(.seccomp, "unconfined", .enforced, "no filter")
        }
        switch effective.noNewPrivileges.value {
        case true?: miss(.noNewPrivileges, true, "it sets no attribute of a process")
        case false?: add(.noNewPrivileges, false, .enforced, "left as the caller has it")
        case nil: break
        }
        let masked = effective.maskedPaths.value
        if !masked.isEmpty { miss(.maskedPaths, .strings(masked), "it makes no mounts") }
        let readonly = effective.readonlyPaths.value
        if !readonly.isEmpty { miss(.readonlyPaths, .strings(readonly), "it makes no mounts") }
    }

    private mutating func addRest() {
        let devices = effective.devices
        if devices.value != .host {
            miss(.devices, devices.value.json, "it makes no mounts")
        } else if devices.origin == .spec {
            add(.devices, "host", .enforced, "the host's /dev")
        }
        if effective.userMap.value != .none {
            miss(.user, ["map": .string(effective.userMap.value.rawValue)], "it makes no namespaces")
        }
        if effective.initProcess.origin == .spec {
            switch effective.initProcess.value {
            case .always: miss(.initProcess, true, "there is no PID namespace that a reaper could be PID 1 of")
            case .never: add(.initProcess, false, .enforced, "there is no reaper")
            case .auto: add(.initProcess, "auto", .notNeeded, "there is no PID namespace")
            }
        }
        if effective.tty.value { add(.tty, true, .enforced, "a pseudo-terminal of the tool's own") }
        for (control, value) in effective.spec.resources.bounds { miss(control, value, "it sets no limits") }
        answers.addTimes(effective, isContained: false)
        if effective.spec.broker != nil {
            add(.broker, true, .notNeeded, "socket and shim lie at their places already; two variables name them")
        }
        addSecrets()
        if !effective.spec.outputs.isEmpty {
            let patterns = effective.spec.outputs.map(\.path.pattern)
            add(.outputs, .strings(patterns), .enforced, "collected from the host's own paths")
        }
    }
}
