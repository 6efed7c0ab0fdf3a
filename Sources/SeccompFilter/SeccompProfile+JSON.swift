package import JSONText

extension SeccompProfile {
    /// The profile as an OCI config.json has it: the same for equal profiles, and read back as an equal one.
    ///
    /// The number of an errno is always written, `SCMP_ACT_KILL` as `SCMP_ACT_KILL_THREAD`, an empty list of rules or
    /// architectures not at all.
    package var json: JSONValue {
        .members([
            "defaultAction": .string(defaultAction.term),
            "defaultErrnoRet": defaultAction.number.map { .integer(Int64($0)) },
            "architectures": architectures.isEmpty ? nil : .strings(architectures),
            "flags": flags.map(JSONValue.strings),
            "syscalls": rules.isEmpty ? nil : .array(rules.map(\.json)),
        ])
    }
}

extension SeccompRule {
    fileprivate var json: JSONValue {
        .members([
            "names": .strings(names),
            "action": .string(action.term),
            "errnoRet": action.number.map { .integer(Int64($0)) },
            "args": conditions.isEmpty ? nil : .array(conditions.map(\.json)),
        ])
    }
}

extension SeccompCondition {
    fileprivate var json: JSONValue {
        let terms = comparison.terms
        return .members([
            "index": .integer(Int64(argument)),
            "op": .string(terms.operator),
            "value": .integer(terms.value),
            "valueTwo": terms.second.map(JSONValue.integer),
        ])
    }
}
