import JSONText
import SeccompFilter
import Testing

@Suite("A seccomp profile, read and written", .tags(.small))
struct ProfileReadingTests {
    private func profile(_ text: String) throws -> SeccompProfile {
        try SeccompProfile(json: try JSONParser.parse(Array(text.utf8)))
    }

    private func rule(_ member: String) -> String {
        #"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}, \#(member)]}"#
    }

    @Test("every word of the OCI format is read and written back")
    func words() throws {
        let actions = ["KILL_PROCESS", "KILL_THREAD", "TRAP", "ERRNO", "TRACE", "ALLOW", "LOG"].map { "SCMP_ACT_\($0)" }
        let operators = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"].map { "SCMP_CMP_\($0)" }
        let rules = actions.enumerated().map { index, action -> JSONValue in
            let hasNumber = action.hasSuffix("ERRNO") || action.hasSuffix("TRACE")
            let isMasked = operators[index].hasSuffix("MASKED_EQ")
            return .members([
                "names": ["write", "socket"], "action": .string(action), "errnoRet": hasNumber ? 4094 : nil,
                "args": [
                    .members([
                        "index": 5, "op": .string(operators[index]), "value": 9_223_372_036_854_775_807,
                        "valueTwo": isMasked ? 7 : nil,
                    ])
                ],
            ])
        }
        let json: JSONValue = [
            "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
            "architectures": ["SCMP_ARCH_X86", "SCMP_ARCH_ARM"],
            "flags": ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"], "syscalls": .array(rules),
        ]
        let profile = try SeccompProfile(json: json)
        #expect(profile.json == json)
        #expect(profile.rules.map(\.names) == Array(repeating: ["write", "socket"], count: 7))
        #expect(profile.rules[6].conditions == [SeccompCondition(5, .masked(mask: .max, value: 7))])
    }

    @Test("what two spellings mean alike is written alike; no flags and none said differ")
    func canonical() throws {
        let short = try profile(#"{"defaultAction": "SCMP_ACT_KILL", "syscalls": [], "architectures": []}"#)
        #expect(short == (try profile(#"{"defaultAction": "SCMP_ACT_KILL_THREAD"}"#)))
        #expect(short.json.canonicalText == #"{"defaultAction":"SCMP_ACT_KILL_THREAD"}"#)
        #expect(short.flags == nil)
        let none = try profile(#"{"defaultAction": "SCMP_ACT_ERRNO", "flags": []}"#)
        #expect(none.flags == [])
        #expect(none.json.canonicalText == #"{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"flags":[]}"#)
    }

    @Test(
        "an error names the place and the reason",
        arguments: [
            (#"{}"#, #"missing key "defaultAction""#),
            (#"{"defaultAction": "SCMP_ACT_FOO"}"#, "defaultAction: expected one of"),
            (#"{"defaultAction": 1}"#, "defaultAction: expected one of"),
            (#"{"defaultAction": "SCMP_ACT_ALLOW", "sycalls": []}"#, #"did you mean "syscalls"?"#),
            (#"{"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1}"#, "defaultErrnoRet: only SCMP_ACT_ERRNO"),
            (
                #"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 4095}"#,
                "defaultErrnoRet: out of range: 0 … 4094"
            ),
            (#"{"defaultAction": "SCMP_ACT_NOTIFY"}"#, "defaultAction: SCMP_ACT_NOTIFY needs a seccomp agent"),
            (#"{"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/run/a"}"#, "listenerPath: sbxpipe has no seccomp"),
            (#"{"defaultAction": "SCMP_ACT_ALLOW", "flags": ["X"]}"#, "flags[0]: expected one of"),
            (
                #"{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_ARM", "SCMP_ARCH_VAX"]}"#,
                "architectures[1]: expected one of"
            ),
            (
                #"{"defaultAction": "SCMP_ACT_ALLOW", "architectures": "SCMP_ARCH_ARM"}"#,
                "architectures: expected an array"
            ),
            (#"[]"#, "expected an object, found an array"),
            (#"{"ociVersion": "1.0.2", "linux": {}}"#, "a whole config.json: give its member linux.seccomp"),
            (#"{"defaultAction": "SCMP_ACT_ERRNO", "archMap": []}"#, "Docker's and podman's format"),
        ]
    )
    func errors(text: String, message: String) throws {
        let error = #expect(throws: SeccompError.self) { try profile(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(
        "an error in a rule names the rule",
        arguments: [
            (#"{"names": ["open", "foo"], "action": "SCMP_ACT_ALLOW"}"#, #".names[1]: there is no system call "foo""#),
            (#"{"names": [""], "action": "SCMP_ACT_ALLOW"}"#, ".names[0]: expected a string that is not empty"),
            (#"{"names": [], "action": "SCMP_ACT_ALLOW"}"#, ".names: expected at least 1 item"),
            (#"{"names": ["open"]}"#, #": missing key "action""#),
            (#"{"names": ["open"], "action": "ALLOW"}"#, ".action: expected one of"),
            (#"{"names": ["open"], "action": "SCMP_ACT_NOTIFY"}"#, ".action: SCMP_ACT_NOTIFY needs"),
            (#"{"names": ["open"], "action": "SCMP_ACT_LOG", "errnoRet": 1}"#, ".errnoRet: only SCMP_ACT_ERRNO"),
            (#"{"names": ["open"], "action": "SCMP_ACT_ERRNO", "errnoRet": -1}"#, ".errnoRet: out of range"),
            (#"{"names": "open", "action": "SCMP_ACT_ALLOW"}"#, ".names: expected an array"),
            (
                #"{"names": ["open"], "action": "SCMP_ACT_LOG", "args": [{"index": 6, "value": 0, "op": "SCMP_CMP_EQ"}]}"#,
                ".args[0].index: out of range: 0 … 5"
            ),
            (
                #"{"names": ["open"], "action": "SCMP_ACT_LOG", "args": [{"index": 0, "value": 0, "op": "EQ"}]}"#,
                ".args[0].op: expected one of"
            ),
            (
                #"{"names": ["open"], "action": "SCMP_ACT_LOG", "args": [{"index": 0, "op": "SCMP_CMP_EQ"}]}"#,
                #".args[0]: missing key "value""#
            ),
            (
                #"{"names": ["open"], "action": "SCMP_ACT_LOG", "args": [{"index": 0, "value": -1, "op": "SCMP_CMP_EQ"}]}"#,
                ".args[0].value: out of range"
            ),
        ]
    )
    func ruleErrors(text: String, message: String) throws {
        let error = #expect(throws: SeccompError.self) { try profile(rule(text)) }
        #expect(error?.description.hasPrefix("syscalls[1]\(message)") == true, "\(error?.description ?? "")")
    }

    @Test("Docker's rules are told from OCI's", arguments: ["includes", "excludes", "comment", "name"])
    func engineRules(key: String) {
        let text = rule(#"{"names": ["open"], "action": "SCMP_ACT_ALLOW", "\#(key)": {}}"#)
        let error = #expect(throws: SeccompError.self) { try profile(text) }
        #expect(error?.description.contains("Docker's and podman's format") == true)
        #expect(error?.description.contains("config.json") == true)
    }

    @Test("a call that only another architecture has is no error")
    func otherArchitectures() throws {
        let text = rule(#"{"names": ["waitpid", "set_tls", "socketcall", "open"], "action": "SCMP_ACT_LOG"}"#)
        #expect(try profile(text).rules[1].names.count == 4)
    }
}
