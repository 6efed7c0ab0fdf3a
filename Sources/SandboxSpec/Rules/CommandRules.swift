/// Rules of the command and its environment as the kernel takes them.
enum CommandRules {
    /// 2 MiB, a quarter of the usual stack limit (execve(2)), less what the launcher and inherited variables need.
    static let maximumTotal = 2_097_152 - 65_536
    /// bubblewrap's own limit of arguments in all.
    static let maximumCountOnBubblewrap = 9_000

    static func problems(_ facts: RuleFacts) -> [SpecError] {
        let spec = facts.spec
        var problems: [SpecError] = []
        if spec.command.isEmpty, !facts.effective.root.value.mayNameCommand {
            problems.append(
                SpecError(
                    field: "command",
                    message: "missing",
                    hint: "only a root of kind \"oci\" or \"image\" can name the command"
                )
            )
        }
        if spec.command.first?.isEmpty == true {
            problems.append(SpecError(field: "command[0]", message: "the command's name is empty"))
        }
        if facts.runtime == .bwrap, spec.command.count > maximumCountOnBubblewrap {
            problems.append(
                SpecError(
                    field: "command",
                    message: "\(spec.command.count) arguments, bwrap takes \(maximumCountOnBubblewrap) in all"
                )
            )
        }
        let tooLong = spec.environment.set.filter {
            $0.key.utf8.count + $0.value.utf8.count + 1 > VariableName.maximumEntryLength
        }
        for name in tooLong.keys.sorted() {
            problems.append(
                SpecError(
                    field: FieldPath.key(name, in: "env.set"),
                    message: "name and value are longer than \(VariableName.maximumEntryLength - 1) bytes"
                )
            )
        }
        // Each string also takes its NUL and a pointer (execve(2)).
        let total =
            spec.command.reduce(0) { $0 + $1.utf8.count + 9 }
            + spec.environment.set.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 10 }
        if total > maximumTotal {
            problems.append(
                SpecError(
                    field: "command",
                    message: "arguments and variables take \(total) bytes, more than \(maximumTotal)"
                )
            )
        }
        return problems
    }
}
