/// Rules between neighbouring fields: broker, secrets, capabilities, resources.
enum FieldRules {
    static func problems(_ facts: RuleFacts) -> [SpecError] {
        broker(facts.spec) + secrets(facts.spec) + capabilities(facts.spec) + resources(facts.spec)
            + terminal(facts.spec)
    }

    /// A terminal is stdin, stdout and stderr in one.
    private static func terminal(_ spec: Spec) -> [SpecError] {
        guard spec.tty == true else { return [] }
        var problems: [SpecError] = []
        switch spec.stdin {
        case .file, .text:
            problems.append(
                SpecError(field: "stdin", message: "contradicts tty, whose terminal is the command's stdin")
            )
        case .null, .inherit, nil: break
        }
        if spec.capture.mode == .separate {
            let message = "\"separate\" contradicts tty, whose terminal is one stream"
            problems.append(
                SpecError(field: "capture.mode", message: message, hint: "leave it out, or say \"combined\"")
            )
        }
        return problems
    }

    private static func broker(_ spec: Spec) -> [SpecError] {
        guard let broker = spec.broker else { return [] }
        var problems: [SpecError] = []
        let length = broker.socket.utf8.count
        if length > Spec.Broker.maximumSocketLength {
            problems.append(
                SpecError(
                    field: "broker.socket",
                    message: "\(length) bytes, a socket's path has at most \(Spec.Broker.maximumSocketLength)"
                )
            )
        }
        if broker.variables.socket == broker.variables.shim {
            problems.append(
                SpecError(field: "broker.shimVariable", message: "is the same as broker.socketVariable")
            )
        }
        return problems
    }

    private static func secrets(_ spec: Spec) -> [SpecError] {
        guard !spec.secrets.isEmpty else { return [] }
        return spec.secrets.sorted { $0.key < $1.key }.compactMap { name, secret in
            var other: String?
            if spec.environment.set[name] != nil {
                other = FieldPath.key(name, in: "env.set")
            } else if secret.destination == nil {
                if name == "PWD" { other = "workdir, which PWD names" }
                if name == "PATH", spec.environment.path != nil { other = "env.path" }
                if name == spec.broker?.variables.socket { other = "broker.socketVariable" }
                if name == spec.broker?.variables.shim { other = "broker.shimVariable" }
            }
            return other.map { SpecError(field: FieldPath.key(name, in: "secrets"), message: "contradicts \($0)") }
        }
    }

    private static func capabilities(_ spec: Spec) -> [SpecError] {
        guard let rules = spec.security.capabilities else { return [] }
        return rules.add.filter(rules.drop.contains).map { capability in
            SpecError(
                field: "security.capabilities.add",
                message: "\(capability.name) stands in security.capabilities.drop too"
            )
        }
    }

    private static func resources(_ spec: Spec) -> [SpecError] {
        var problems: [SpecError] = []
        let sizes = [("resources.memory", spec.resources.memory), ("resources.swap", spec.resources.swap)]
        for (field, size) in sizes where size?.bytes == 0 {
            problems.append(SpecError(field: field, message: "must be above zero"))
        }
        if let memory = spec.resources.memory, let swap = spec.resources.swap, swap.bytes < memory.bytes {
            problems.append(
                SpecError(
                    field: "resources.swap",
                    message: "is less than resources.memory",
                    hint: "swap counts memory and swap together"
                )
            )
        }
        guard !spec.resources.rlimits.isEmpty else { return problems }
        for (name, limit) in spec.resources.rlimits.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where !limit.isOrdered {
            problems.append(
                SpecError(field: "resources.rlimits.\(name.rawValue)", message: "the soft limit is above the hard one")
            )
        }
        return problems
    }
}
