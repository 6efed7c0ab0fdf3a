package import JSONText

extension Spec {
    /// Reads a document that `SpecShape.spec` accepts; what doesn't fit the shape is left out, so check it first.
    ///
    /// `fallback` is the name for a document that has none.
    package init(validated json: JSONValue, name fallback: String) {
        let name = json["name"]?.stringValue
        self.init(name: name ?? fallback, saysName: name != nil, command: json["command"]?.strings ?? [])
        workdir = json["workdir"]?.stringValue
        stdin = json["stdin"].flatMap { StandardInput($0) }
        runtime = json.word("runtime")
        preset = json.word("preset")
        root = json["root"].map { Root($0) } ?? Root()
        mounts = (json["mounts"]?.arrayValue ?? []).compactMap { Mount($0) }
        devices = json["devices"].flatMap { Devices($0) }
        environment = json["env"].map { Environment($0) } ?? Environment()
        broker = json["broker"].flatMap { Broker($0) }
        secrets = (json["secrets"]?.objectValue ?? [:]).compactMapValues { Secret($0) }
        network = json.word("network")
        if let said = json["namespaces"] {
            for namespace in Namespace.allCases { namespaces[namespace] = said[namespace.rawValue]?.boolValue }
        }
        hostname = json["hostname"]?.stringValue
        user = json["user"].map { User($0) } ?? User()
        security = json["security"].map { Security($0) } ?? Security()
        resources = json["resources"].map { Resources($0) } ?? Resources()
        tty = json["tty"]?.boolValue
        initProcess = json["init"].flatMap { InitChoice($0) }
        capture = json["capture"].map { Capture($0) } ?? Capture()
        outputs = (json["outputs"]?.arrayValue ?? []).compactMap { Output($0) }
        cache = json.word("cache")
        require = (json["require"]?.strings ?? []).compactMap { Control(rawValue: $0) }
        annotations = (json["annotations"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }

    /// The normal form: what was said, and `schema`.
    ///
    /// Reading it with the same fallback name gives an equal spec. Sizes and times keep their text, capabilities are
    /// sorted and have `CAP_`, and what is empty or at the default within a mount or an output is left out.
    package var json: JSONValue {
        .object(
            JSONValue.said([
                "schema": .string(Self.schema),
                "name": saysName ? .string(name) : nil,
                "command": command.isEmpty ? nil : .strings(command),
                "workdir": workdir.map(JSONValue.string),
                "stdin": stdin?.json,
                "runtime": runtime.map { .string($0.rawValue) },
                "preset": preset.map { .string($0.rawValue) },
                "root": root.json,
                "mounts": mounts.isEmpty ? nil : .array(mounts.map(\.json)),
                "devices": devices?.json,
                "env": environment.json,
                "broker": broker?.json,
                "secrets": secrets.isEmpty ? nil : .object(secrets.mapValues(\.json)),
                "network": network.map { .string($0.rawValue) },
                "namespaces": namespacesJSON,
                "hostname": hostname.map(JSONValue.string),
                "user": user.json,
                "security": security.json,
                "resources": resources.json,
                "tty": tty.map(JSONValue.bool),
                "init": initProcess?.json,
                "capture": capture.json,
                "outputs": outputs.isEmpty ? nil : .array(outputs.map(\.json)),
                "cache": cache.map { .string($0.rawValue) },
                "require": require.isEmpty ? nil : .strings(require.map(\.rawValue)),
                "annotations": annotations.isEmpty ? nil : .object(annotations.mapValues(JSONValue.string)),
            ])
        )
    }

    private var namespacesJSON: JSONValue? {
        guard !namespaces.isEmpty else { return nil }
        var members: [String: JSONValue] = [:]
        for namespace in Namespace.allCases {
            members[namespace.rawValue] = namespaces[namespace].map { .bool($0) }
        }
        return .object(members)
    }
}
