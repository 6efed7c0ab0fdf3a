import JSONText
import PipelineContracts
import SandboxSpec

extension ControlAnswers {
    /// Root and mounts, whichever launcher makes them.
    ///
    /// `guardsFileProfiles` is whether user namespaces are refused beside a seccomp profile from a file; `texts` is what
    /// files of the spec's own become.
    mutating func addFiles(_ effective: EffectiveSpec, guardsFileProfiles: Bool, texts: String) {
        if case .host(let access) = effective.root.value, access == .readOnly || effective.root.origin == .spec {
            let how =
                access == .readOnly
                ? "a fresh root; the host's entries are recursive binds, read-only and nosuid"
                : "a fresh root; the host's entries are recursive binds, nosuid"
            enforce(.root, ["host": .string(access.rawValue)], how)
        }
        switch effective.root.value {
        case .host, .image: break
        case .empty: enforce(.root, .string(effective.root.value.key), "a fresh root with nothing in it")
        case .oci, .tar, .folder:
            let how = "a fresh root; the entries of the unpacked layers are binds, read-only and nosuid"
            enforce(.root, .string(effective.root.value.key), how)
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
            enforce(.mountsBind, .strings(paths(.mountsBind)), "bind mounts, nosuid and nodev")
        }
        if !paths(.mountsSnapshot).isEmpty {
            let how = "a copy in the store, bound read-only, nosuid and nodev"
            enforce(.mountsSnapshot, .strings(paths(.mountsSnapshot)), how)
        }
        if !paths(.mountsTmpfs).isEmpty {
            enforce(.mountsTmpfs, .strings(paths(.mountsTmpfs)), "tmpfs mounts")
        }
        if !paths(.mountsText).isEmpty {
            enforce(.mountsText, .strings(paths(.mountsText)), texts)
        }
        let hidden = paths(.mountsHide) + effective.presetHideNames
        if !hidden.isEmpty {
            let namespaces =
                switch effective.seccomp.value {
                case .unconfined: "user namespaces are allowed inside, and in one folders above a cover can be renamed"
                case .file where !guardsFileProfiles:
                    "the file's profile decides on user namespaces, and in one folders above a cover can be renamed"
                default: "a filter refuses user namespaces, in which folders above a cover could be renamed"
                }
            let how = "covers wherever a mount shows the object; other hard links to a hidden file are not covered; "
            enforce(.mountsHide, .strings(hidden), how + namespaces)
        }
        if !paths(.mountsReadonly).isEmpty {
            let how = "read-only binds wherever a mount shows the object; other hard links to a file are not covered"
            enforce(.mountsReadonly, .strings(paths(.mountsReadonly)), how)
        }
    }
}

extension EffectiveSpec {
    fileprivate var presetHideNames: [String] {
        presetHides.map { place in
            switch place {
            case .path(let path): path
            case .symbol(let symbol): "@" + symbol.rawValue
            }
        }
    }
}
