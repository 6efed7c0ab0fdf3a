package import JSONText

extension SeccompProfile {
    /// What a profile's file may hold; the names of calls and architectures are judged by libseccomp beyond that.
    package static let shape = JSONShape.object(
        JSONObjectShape(fields: [
            JSONField(name: "defaultAction", shape: words(SeccompTerms.actions), required: true),
            JSONField(name: "defaultErrnoRet", shape: errno),
            JSONField(name: "architectures", shape: .array(of: words(SeccompTerms.architectures), minimum: 0)),
            JSONField(name: "flags", shape: .array(of: words(SeccompTerms.flags), minimum: 0)),
            JSONField(name: "listenerPath", shape: .string(.any)),
            JSONField(name: "listenerMetadata", shape: .string(.any)),
            JSONField(name: "syscalls", shape: .array(of: rule, minimum: 0)),
        ])
    )

    private static let rule = JSONShape.object(
        JSONObjectShape(fields: [
            JSONField(name: "names", shape: .array(of: .string(.nonEmpty), minimum: 1), required: true),
            JSONField(name: "action", shape: words(SeccompTerms.actions), required: true),
            JSONField(name: "errnoRet", shape: errno),
            JSONField(name: "args", shape: .array(of: condition, minimum: 0)),
        ])
    )

    private static let condition = JSONShape.object(
        JSONObjectShape(fields: [
            // A call has six arguments.
            JSONField(name: "index", shape: .integer(0...5), required: true),
            JSONField(name: "value", shape: .integer(0...Int64.max), required: true),
            JSONField(name: "valueTwo", shape: .integer(0...Int64.max)),
            JSONField(name: "op", shape: words(SeccompTerms.operators), required: true),
        ])
    )

    /// libseccomp takes none that is not below the kernel's MAX_ERRNO.
    private static let errno = JSONShape.integer(0...4094)

    private static func words(_ words: [String]) -> JSONShape { .string(.oneOf(words)) }

    /// Reads an OCI `linux.seccomp` object.
    ///
    /// Values of 2^63 and above, which are no JSON integers here, can't be compared with.
    ///
    /// - Throws: ``SeccompError`` with the place in the document: an unknown key, word, call or architecture, a wrong
    ///   type or range, what needs an agent outside (`SCMP_ACT_NOTIFY`), or a document of another format.
    package init(json: JSONValue) throws(SeccompError) {
        if let other = Self.otherFormat(json) { throw SeccompError(place: "", message: other) }
        do {
            try Self.shape.check(json)
        } catch {
            throw SeccompError(place: error.path, message: error.message)
        }
        for key in ["listenerPath", "listenerMetadata"] where json[key] != nil {
            throw SeccompError(place: key, message: "sbxpipe has no seccomp agent to listen to: take it out")
        }
        let architectures = Self.strings(json["architectures"])
        for (index, name) in architectures.enumerated() where !LibraryNames.knows(architecture: name) {
            let message = "\(LibraryNames.library) does not know \(name)"
            throw SeccompError(place: "architectures[\(index)]", message: message)
        }
        var rules: [SeccompRule] = []
        for (index, item) in (json["syscalls"]?.arrayValue ?? []).enumerated() {
            rules.append(try Self.rule(item, at: "syscalls[\(index)]"))
        }
        self.init(
            defaultAction: try Self.action(json, "defaultAction", "defaultErrnoRet", at: ""),
            architectures: architectures,
            flags: json["flags"].map(Self.strings),
            rules: rules
        )
    }

    private static func rule(_ item: JSONValue, at place: String) throws(SeccompError) -> SeccompRule {
        let names = strings(item["names"])
        for (index, name) in names.enumerated() where !LibraryNames.knows(call: name) {
            throw SeccompError(
                place: "\(place).names[\(index)]",
                message: "there is no system call \(JSONValue.string(name).canonicalText) (\(LibraryNames.library))"
            )
        }
        let conditions = (item["args"]?.arrayValue ?? []).compactMap(condition)
        return SeccompRule(names, try action(item, "action", "errnoRet", at: place + "."), conditions)
    }

    private static func action(
        _ item: JSONValue,
        _ key: String,
        _ errnoKey: String,
        at place: String
    ) throws(SeccompError) -> SeccompAction {
        let number = item[errnoKey]?.integerValue.map(UInt16.init(truncatingIfNeeded:))
        guard let action = SeccompAction(term: item[key]?.stringValue ?? "", number: number) else {
            let message = "\(SeccompTerms.notify) needs a seccomp agent, which sbxpipe does not have"
            throw SeccompError(place: place + key, message: message)
        }
        if number != nil, action.number == nil {
            let message = "only SCMP_ACT_ERRNO and SCMP_ACT_TRACE have one, not \(action.term)"
            throw SeccompError(place: place + errnoKey, message: message)
        }
        return action
    }

    private static func condition(_ item: JSONValue) -> SeccompCondition? {
        guard let index = item["index"]?.integerValue, let value = item["value"]?.integerValue,
            let comparison = SeccompCondition.Comparison(
                term: item["op"]?.stringValue ?? "",
                value: value,
                second: item["valueTwo"]?.integerValue ?? 0
            )
        else { return nil }
        return SeccompCondition(Int(index), comparison)
    }

    private static func strings(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// What to do with a document that people take for a profile; nil for one that has no such sign.
    private static func otherFormat(_ json: JSONValue) -> String? {
        if json["ociVersion"] != nil {
            return "this is a whole config.json: give its member linux.seccomp alone"
        }
        let rules = json["syscalls"]?.arrayValue ?? []
        let isEngines = rules.contains { rule in
            ["includes", "excludes", "comment", "name"].contains { rule[$0] != nil }
        }
        guard isEngines || json["archMap"] != nil else { return nil }
        return "this is Docker's and podman's format, which depends on capabilities and kernel: "
            + "give the linux.seccomp that the engine wrote into a container's config.json"
    }
}
