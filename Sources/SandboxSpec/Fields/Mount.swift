package import JSONText

extension Spec {
    /// One entry of `mounts`.
    package enum Mount: Sendable, Hashable {
        case bind(Bind)
        case tmpfs(Tmpfs)
        case text(TextFile)
        /// Covers an object, whatever mount shows it; absolute or with `~`, inside.
        case hide(path: String, optional: Bool)
        /// Makes an object read-only in the same way.
        case readonly(path: String, optional: Bool)

        /// The key that tells this kind from the others.
        package var key: String {
            switch self {
            case .bind: "bind"
            case .tmpfs: "tmpfs"
            case .text: "text"
            case .hide: "hide"
            case .readonly: "readonly"
            }
        }

        /// The control that enforcement calls it by.
        package var control: Control {
            switch self {
            case .bind(let bind):
                switch bind.mode {
                case .readOnly, .readWrite: .mountsBind
                case .overlay: .mountsOverlay
                case .snapshot: .mountsSnapshot
                }
            case .tmpfs: .mountsTmpfs
            case .text: .mountsText
            case .hide: .mountsHide
            case .readonly: .mountsReadonly
            }
        }

        /// Where it is put inside and the key that says so; nil for `hide` and `readonly`, which put nothing anywhere.
        package var place: (key: String, path: String)? {
            switch self {
            case .bind(let bind): ("at", bind.destination)
            case .tmpfs(let tmpfs): ("tmpfs", tmpfs.destination)
            case .text(let file): ("at", file.destination)
            case .hide, .readonly: nil
            }
        }

        /// Nil for anything that the spec doesn't allow.
        package init?(_ json: JSONValue) {
            let optional = json["optional"]?.boolValue ?? false
            if let path = json["hide"]?.stringValue {
                self = .hide(path: path, optional: optional)
            } else if let path = json["readonly"]?.stringValue {
                self = .readonly(path: path, optional: optional)
            } else if let bind = Bind(json) {
                self = .bind(bind)
            } else if let tmpfs = Tmpfs(json) {
                self = .tmpfs(tmpfs)
            } else if let file = TextFile(json) {
                self = .text(file)
            } else {
                return nil
            }
        }

        /// As the spec says it.
        package var json: JSONValue {
            switch self {
            case .bind(let bind): bind.json
            case .tmpfs(let tmpfs): tmpfs.json
            case .text(let file): file.json
            case .hide(let path, let optional), .readonly(let path, let optional):
                .object(JSONValue.said([key: .string(path), "optional": optional ? true : nil]))
            }
        }
    }
}
