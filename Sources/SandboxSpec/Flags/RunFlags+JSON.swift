package import JSONText

extension RunFlags {
    /// The spec that the flags stand for; errors name the flag.
    ///
    /// Paths stay as typed, so that a relative one is relative to the working folder and not to a spec's.
    ///
    /// - Parameter variable: The caller's value of a variable, nil for none: `-e KEY` without a value takes it, or
    ///   nothing when there is none, as podman does.
    /// - Returns: A document in which each value has its field's shape; `SpecText.spec` checks the whole.
    /// - Throws: The first flag that is wrong.
    package func json(variable: (String) -> String?) throws(SpecError) -> JSONValue {
        var edit = SpecEdit(json: ["schema": .string(Spec.schema)])
        if !command.isEmpty { try edit.set("command", .strings(command), flag: "--") }
        try plain(&edit)
        try environment(&edit, variable)
        for text in volumes { try edit.set("mounts[+]", VolumeFlag.mount(text), flag: "-v") }
        for text in tmpfs { try edit.set("mounts[+]", VolumeFlag.tmpfs(text), flag: "--tmpfs") }
        for path in hide { try edit.set("mounts[+]", ["hide": .string(path)], flag: "--hide") }
        for path in readonly { try edit.set("mounts[+]", ["readonly": .string(path)], flag: "--readonly") }
        try edit.append(devices, to: "devices", flag: "--device")
        try edit.append(outputs, to: "outputs", flag: "--output")
        try security(&edit)
        try resources(&edit)
        return edit.json
    }

    private func plain(_ edit: inout SpecEdit) throws(SpecError) {
        try edit.set("name", name, flag: "--name")
        try edit.set("preset", preset, flag: "--preset")
        try edit.set("workdir", workdir, flag: "-w")
        try edit.set("network", network, flag: "--network")
        try edit.set("hostname", hostname, flag: "--hostname")
        if let stdin { try edit.set("stdin", ["file": .string(stdin)], flag: "--stdin") }
        if let initProcess { try edit.set("init", .bool(initProcess), flag: initProcess ? "--init" : "--no-init") }
        if let rootfs { try edit.set("root", RootFlag.root(rootfs), flag: "--rootfs") }
        if let broker {
            let parts = try FlagText.split(broker, at: ":", flag: "--broker", form: "SOCKET:SHIM", 2...2)
            try edit.set("broker", ["socket": .string(parts[0]), "shim": .string(parts[1])], flag: "--broker")
        }
    }

    private func environment(_ edit: inout SpecEdit, _ variable: (String) -> String?) throws(SpecError) {
        for file in environmentFiles {
            for (name, value) in try EnvironmentText.variables(file, variable) {
                try edit.set(FieldPath.key(name, in: "env.set"), .string(value), flag: "--env-file")
            }
        }
        for text in variables {
            guard let (name, value) = try EnvironmentText.variable(text, flag: "-e", variable) else { continue }
            try edit.set(FieldPath.key(name, in: "env.set"), .string(value), flag: "-e")
        }
    }

    private func security(_ edit: inout SpecEdit) throws(SpecError) {
        try edit.append(names(capDrop), to: "security.capabilities.drop", flag: "--cap-drop")
        try edit.append(names(capAdd), to: "security.capabilities.add", flag: "--cap-add")
        for option in securityOptions {
            let form = "seccomp=unconfined or seccomp=FILE"
            let parts = try FlagText.split(option, at: "=", flag: "--security-opt", form: form, 2...2)
            guard parts[0] == "seccomp" else { throw FlagText.wrong(option, flag: "--security-opt", form: form) }
            let isWord = parts[1] == "unconfined" || parts[1] == "default"
            let value: JSONValue = isWord ? .string(parts[1]) : ["file": .string(parts[1])]
            try edit.set("security.seccomp", value, flag: "--security-opt")
        }
        for text in secrets {
            let (name, secret) = try SecretFlag.secret(text)
            try edit.set(FieldPath.key(name, in: "secrets"), secret, flag: "--secret")
        }
        if let user {
            let ids = try FlagText.split(user, at: ":", flag: "--user", form: "UID[:GID]", 1...2)
            for (field, text) in zip(["user.uid", "user.gid"], ids) {
                try edit.set(field, FlagText.integer(text, flag: "--user"), flag: "--user")
            }
        }
    }

    private func resources(_ edit: inout SpecEdit) throws(SpecError) {
        try edit.set("resources.memory", memory, flag: "--memory")
        if let cpus { try edit.set("resources.cpus", FlagText.number(cpus, flag: "--cpus"), flag: "--cpus") }
        if let pids {
            try edit.set("resources.pids", FlagText.integer(pids, flag: "--pids-limit"), flag: "--pids-limit")
        }
        for text in ulimits {
            let (name, limit) = try FlagText.limit(text)
            try edit.set("resources.rlimits.\(name.rawValue)", limit.json, flag: "--ulimit")
        }
    }

    private func names(_ lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
}
