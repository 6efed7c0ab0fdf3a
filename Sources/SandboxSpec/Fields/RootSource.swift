package import JSONText

extension Spec {
    /// Where `/` comes from.
    package enum RootSource: Sendable, Hashable {
        /// Whether the host's entries can be written.
        package enum HostAccess: String, Sendable, Hashable, CaseIterable {
            case readOnly = "ro"
            case readWrite = "rw"
        }

        /// A fresh root that holds the host's top-level entries.
        case host(HostAccess)
        /// An image layout folder or archive, and the tag in it.
        case oci(path: String, tag: String?)
        /// One tar.
        case tar(String)
        /// A folder on the host.
        case folder(String)
        /// A registry's name for an image.
        case image(String)
        /// Nothing.
        case empty

        /// Nil when no source is named.
        package init?(_ json: JSONValue) {
            if let access = (json["host"]?.stringValue).flatMap(HostAccess.init(rawValue:)) {
                self = .host(access)
            } else if let path = json["oci"]?.stringValue {
                self = .oci(path: path, tag: json["ref"]?.stringValue)
            } else if let path = json["tar"]?.stringValue {
                self = .tar(path)
            } else if let path = json["dir"]?.stringValue {
                self = .folder(path)
            } else if let name = json["image"]?.stringValue {
                self = .image(name)
            } else if json["empty"]?.boolValue == true {
                self = .empty
            } else {
                return nil
            }
        }

        /// The key that names this source in the spec.
        package var key: String {
            switch self {
            case .host: "host"
            case .oci: "oci"
            case .tar: "tar"
            case .folder: "dir"
            case .image: "image"
            case .empty: "empty"
            }
        }

        /// Whether the source may itself name a command.
        package var mayNameCommand: Bool {
            switch self {
            case .oci, .image: true
            default: false
            }
        }

        var members: KeyValuePairs<String, JSONValue?> {
            switch self {
            case .host(let access): ["host": .string(access.rawValue)]
            case .oci(let path, let tag): ["oci": .string(path), "ref": tag.map(JSONValue.string)]
            case .tar(let path): ["tar": .string(path)]
            case .folder(let path): ["dir": .string(path)]
            case .image(let name): ["image": .string(name)]
            case .empty: ["empty": true]
            }
        }
    }
}
