internal import ContentAddressing
package import JSONText

extension SandboxDescription {
    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.description/v1",
            "command": .strings(command),
            "workdir": .string(workdir),
            "environment": .string(environment.description),
            "stdin": stdin.json,
            "root": root.json,
            "rootOnly": rootOnly.map(JSONValue.strings),
            "mounts": .array(mounts.map(\.json)),
            "devices": devices.json,
            "namespaces": .strings(namespaces),
            "userNamespace": .string(userNamespace.rawValue),
            "network": .string(network),
            "hostname": hostname.map(JSONValue.string),
            "user": user.json,
            "capabilities": capabilities.map(JSONValue.strings),
            "droppedCapabilities": droppedCapabilities.isEmpty ? nil : .strings(droppedCapabilities),
            "addedCapabilities": addedCapabilities.isEmpty ? nil : .strings(addedCapabilities),
            "noNewPrivileges": .bool(noNewPrivileges),
            "maskedPaths": .strings(maskedPaths),
            "readonlyPaths": .strings(readonlyPaths),
            "reaper": .bool(reaper),
            "capture": capture.json,
            "outputs": .array(outputs.map(\.json)),
            "coversStore": .bool(coversStore),
            "allowsUserNamespaces": .bool(allowsUserNamespaces),
            "seccomp": .string(seccomp),
            "limits": limits?.json,
            "terminal": terminal ? true : nil,
            "secrets": secrets.isEmpty ? nil : .array(secrets.map(\.json)),
        ])
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        let root = try Root(json)
        guard let userNamespace = UserNamespace(rawValue: try json.string("userNamespace")) else {
            throw JSONShapeError(path: "userNamespace", message: "is unknown")
        }
        var mounts: [MountDescription] = []
        for mount in try json.array("mounts") { mounts.append(try MountDescription(mount)) }
        var limits: ResourceLimits?
        if let asked = json["limits"] { limits = try ResourceLimits(asked) }
        var secrets: [SecretDescription] = []
        if json["secrets"] != nil {
            for secret in try json.array("secrets") { secrets.append(try SecretDescription(secret)) }
        }
        var outputs: [OutputRule] = []
        for output in try json.array("outputs") { outputs.append(try OutputRule(output)) }
        self.init(
            command: try json.strings("command"),
            workdir: try json.string("workdir"),
            environment: try json.digest("environment"),
            stdin: try StandardInput(try json.required("stdin")),
            root: root,
            rootOnly: json["rootOnly"] == nil ? nil : try json.strings("rootOnly"),
            mounts: mounts,
            devices: try SandboxDescription.Devices(json),
            namespaces: try json.strings("namespaces"),
            userNamespace: userNamespace,
            network: try json.string("network"),
            hostname: json["hostname"]?.stringValue,
            user: try UserMapping(try json.required("user")),
            capabilities: json["capabilities"] == nil ? nil : try json.strings("capabilities"),
            droppedCapabilities: json["droppedCapabilities"] == nil ? [] : try json.strings("droppedCapabilities"),
            addedCapabilities: json["addedCapabilities"] == nil ? [] : try json.strings("addedCapabilities"),
            noNewPrivileges: try json.boolean("noNewPrivileges"),
            maskedPaths: try json.strings("maskedPaths"),
            readonlyPaths: try json.strings("readonlyPaths"),
            reaper: try json.boolean("reaper"),
            capture: try CaptureRule(try json.required("capture")),
            outputs: outputs,
            coversStore: try json.boolean("coversStore"),
            allowsUserNamespaces: try json.boolean("allowsUserNamespaces"),
            seccomp: try json.string("seccomp"),
            limits: limits,
            terminal: json["terminal"] == nil ? false : try json.boolean("terminal"),
            secrets: secrets
        )
    }
}
