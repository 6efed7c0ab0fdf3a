import JSONText
package import PipelineContracts
package import SandboxSpec

/// By what bubblewrap enforces each control that a spec asks for.
///
/// A control is asked for when the spec or a flag sets it, or the preset turns it on.
package struct BubblewrapEnforcement {
    private let effective: EffectiveSpec
    private let host: HostFacts
    private let waived: [Refusal]

    package init(_ effective: EffectiveSpec, host: HostFacts, waived: [Refusal]) {
        self.effective = effective
        self.host = host
        self.waived = waived
    }

    package var enforcement: Enforcement {
        Enforcement(controls: fileControls + namespaceControls + privilegeControls + plainControls + waivedControls)
    }

    private func enforced(_ control: Control, _ asked: JSONValue, _ detail: String) -> Enforcement.Entry {
        Enforcement.Entry(name: control.rawValue, asked: asked, answer: .enforced, detail: detail)
    }

    private var isOverlay: Bool { effective.preset.rootIsHost }

    private var fileControls: [Enforcement.Entry] {
        var entries: [Enforcement.Entry] = []
        if case .host(let access) = effective.root.value, access == .readOnly || effective.root.origin == .spec {
            let how =
                access == .readOnly
                ? "a fresh root; the host's entries are recursive binds, read-only and nosuid"
                : "a fresh root; the host's entries are recursive binds, nosuid"
            entries.append(enforced(.root, ["host": .string(access.rawValue)], how))
        }
        let mounts = effective.spec.mounts
        func paths(_ control: Control) -> [String] {
            mounts.filter { $0.control == control }.map { mount in
                switch mount {
                case .hide(let path, _), .readonly(let path, _): path
                default: mount.place?.path ?? ""
                }
            }
        }
        if !paths(.mountsBind).isEmpty {
            entries.append(enforced(.mountsBind, .strings(paths(.mountsBind)), "bind mounts, nosuid and nodev"))
        }
        if !paths(.mountsTmpfs).isEmpty {
            entries.append(enforced(.mountsTmpfs, .strings(paths(.mountsTmpfs)), "tmpfs mounts"))
        }
        if !paths(.mountsText).isEmpty {
            entries.append(enforced(.mountsText, .strings(paths(.mountsText)), "read-only files in memory"))
        }
        let hidden = paths(.mountsHide) + presetHides
        if !hidden.isEmpty {
            let how =
                "covers wherever a mount shows the object; other hard links to a hidden file are not covered; "
                + (effective.seccomp.origin == .spec
                    ? "user namespaces are allowed inside, and in one folders above a cover can be renamed"
                    : "a filter refuses user namespaces, in which folders above a cover could be renamed")
            entries.append(enforced(.mountsHide, .strings(hidden), how))
        }
        if !paths(.mountsReadonly).isEmpty {
            let how = "read-only binds wherever a mount shows the object; other hard links to a file are not covered"
            entries.append(enforced(.mountsReadonly, .strings(paths(.mountsReadonly)), how))
        }
        return entries
    }

    private var presetHides: [String] {
        effective.presetHides.map { place in
            switch place {
            case .path(let path): path
            case .symbol(let symbol): "@" + symbol.rawValue
            }
        }
    }

    private var namespaceControls: [Enforcement.Entry] {
        var entries: [Enforcement.Entry] = []
        for namespace in Namespace.allCases {
            guard let setting = effective.namespaces[namespace] else { continue }
            switch setting.value {
            case .off:
                guard setting.origin == .spec else { continue }
                entries.append(enforced(namespace.control, false, "the caller's is kept"))
            case .whenNotRoot where host.isRoot && (effective.uid.value ?? 0, effective.gid.value ?? 0) == (0, 0):
                let entry = Enforcement.Entry(
                    name: namespace.control.rawValue,
                    asked: "when-not-root",
                    answer: .notNeeded,
                    detail: "the caller is root"
                )
                entries.append(entry)
            case .on, .whenNotRoot:
                entries.append(enforced(namespace.control, true, "a namespace of its own"))
            }
        }
        if effective.network.value == .none {
            entries.append(enforced(.network, "none", "a network namespace with nothing but a loopback"))
        } else if effective.network.origin == .spec {
            entries.append(enforced(.network, "host", "the caller's network namespace"))
        }
        return entries
    }

    private var privilegeControls: [Enforcement.Entry] {
        var entries: [Enforcement.Entry] = []
        if case .exactly(let list) = effective.capabilities.value {
            let how = "permitted, effective, inheritable and ambient sets; no-new-privileges keeps the rest away"
            entries.append(enforced(.capabilities, .strings(list.map(\.name)), how))
        } else if effective.capabilities.origin == .spec {
            entries.append(enforced(.capabilities, "caller", "the caller's, less what is dropped"))
        }
        if effective.noNewPrivileges.value == true {
            entries.append(enforced(.noNewPrivileges, true, "prctl(PR_SET_NO_NEW_PRIVS), which bubblewrap always sets"))
        }
        if !effective.maskedPaths.value.isEmpty {
            entries.append(enforced(.maskedPaths, .strings(effective.maskedPaths.value), "mounts over those present"))
        }
        if !effective.readonlyPaths.value.isEmpty {
            let how = "read-only binds over those present"
            entries.append(enforced(.readonlyPaths, .strings(effective.readonlyPaths.value), how))
        }
        return entries
    }

    private var plainControls: [Enforcement.Entry] {
        var entries: [Enforcement.Entry] = []
        if let hostname = effective.hostname.value {
            entries.append(enforced(.hostname, .string(hostname), "sethostname in the UTS namespace"))
        }
        if effective.devices.value != .host || effective.devices.origin == .spec {
            entries.append(enforced(.devices, effective.devices.value.json, "a /dev of its own, or the host's bound"))
        }
        if effective.userMap.value == .single {
            let ids: JSONValue = [
                "uid": .integer(Int64(effective.uid.value ?? 0)), "gid": .integer(Int64(effective.gid.value ?? 0)),
                "map": "single",
            ]
            let how = host.isRoot ? "the caller's own id, or a user namespace that maps it" : "a user namespace"
            entries.append(enforced(.user, ids, how))
        }
        if effective.initProcess.origin == .spec {
            let how = effective.initProcess.value == .never ? "the command is PID 1" : "bubblewrap's own reaper"
            entries.append(enforced(.initProcess, effective.initProcess.value.json, how))
        }
        if effective.spec.broker != nil {
            entries.append(enforced(.broker, true, "binds of socket and shim, and two variables"))
        }
        if !effective.spec.outputs.isEmpty {
            let how = "collected from the bind, or from a folder in place of the tmpfs"
            entries.append(enforced(.outputs, .strings(effective.spec.outputs.map(\.path.pattern)), how))
        }
        return entries
    }

    /// What the caller allowed to be missing.
    private var waivedControls: [Enforcement.Entry] {
        waived.map { refusal in
            Enforcement.Entry(
                name: refusal.control.rawValue,
                asked: true,
                answer: .missing,
                detail: refusal.message
            )
        }
    }
}
