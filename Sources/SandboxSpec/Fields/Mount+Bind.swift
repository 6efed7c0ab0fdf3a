import JSONText

extension Spec.Mount {
    /// How the source of a bind shows inside.
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        case readOnly = "ro"
        case readWrite = "rw"
        /// The host's folder, with the writes kept as an artefact.
        case overlay
        /// A copy that travels with the plan.
        case snapshot
    }

    /// A file or folder of the host at a place inside.
    package struct Bind: Sendable, Hashable {
        /// On the host: absolute, with `~`, or relative to the spec's folder.
        package var source: String
        /// Inside: absolute, or with `~`.
        package var destination: String
        /// `ro` unless said otherwise.
        package var mode: Mode
        /// Whether a snapshot can be written inside, a copy a launch.
        package var writable: Bool
        /// Whether a missing source is passed over.
        package var optional: Bool

        /// A read-only bind of a source that must exist, unless told otherwise.
        package init(
            source: String,
            destination: String,
            mode: Mode = .readOnly,
            writable: Bool = false,
            optional: Bool = false
        ) {
            self.source = source
            self.destination = destination
            self.mode = mode
            self.writable = writable
            self.optional = optional
        }

        init?(_ json: JSONValue) {
            guard let source = json["bind"]?.stringValue, let destination = json["at"]?.stringValue else { return nil }
            self.init(
                source: source,
                destination: destination,
                mode: json.word("mode") ?? .readOnly,
                writable: json["writable"]?.boolValue ?? false,
                optional: json["optional"]?.boolValue ?? false
            )
        }

        var json: JSONValue {
            .object(
                JSONValue.said([
                    "bind": .string(source),
                    "at": .string(destination),
                    "mode": mode == .readOnly ? nil : .string(mode.rawValue),
                    "writable": writable ? true : nil,
                    "optional": optional ? true : nil,
                ])
            )
        }
    }
}
