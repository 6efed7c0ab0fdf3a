import JSONText
import TestSupport
import Testing

@Suite("The environment inside", .tags(.large), .needsBubblewrap)
struct EnvironmentTests {
    private static let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Variables of the newest plan: name to value and origin.
    private func variables(_ space: Workspace) throws -> [String: [String]] {
        let items = try space.artefact("2-env/env.json")["variables"]?.arrayValue ?? []
        return Dictionary(
            items.map { item in
                (
                    item["name"]?.stringValue ?? "",
                    [item["value"]?.stringValue ?? "", item["origin"]?.stringValue ?? ""]
                )
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func path(_ rules: JSONValue, callers: String? = nil, in space: Workspace) throws -> (String, String?) {
        let (run, _) = try space.exec(
            ["command": ["/bin/sh", "-c", "/usr/bin/printenv PATH || echo none"], "env": rules],
            adding: callers.map { ["PATH": $0] } ?? [:]
        )
        #expect(run.code == 0, "\(run)")
        return (String(run.text.dropLast()), try variables(space)["PATH"]?.last)
    }

    @Test("PATH is spliced as it will be inside", arguments: Requirements.users)
    func splices(user: UInt32?) throws {
        let space = try Workspace("splice", user: user)
        let front: JSONValue = ["dir": "/opt/tool/bin"]
        let back: JSONValue = ["dir": "/opt/tool/bin", "position": "append"]
        let set: JSONValue = ["PATH": "/usr/bin:/bin"]
        let cases: [(rules: JSONValue, path: String, origin: String?)] = [
            (["inherit": false, "set": set, "path": front], "/opt/tool/bin:/usr/bin:/bin", "path"),
            (["inherit": false, "set": set, "path": back], "/usr/bin:/bin:/opt/tool/bin", "path"),
            (["inherit": false, "path": front], "/opt/tool/bin:\(Self.standard)", "path"),
            (["inherit": false, "path": back], "\(Self.standard):/opt/tool/bin", "path"),
            (["inherit": false, "set": ["PATH": ""], "path": front], "/opt/tool/bin:\(Self.standard)", "path"),
            (["inherit": false, "set": ["PATH": ""], "path": back], "\(Self.standard):/opt/tool/bin", "path"),
            (["inherit": false, "set": set, "path": ["dir": "/bin"]], "/usr/bin:/bin", "set"),
            (["unset": ["PATH"], "path": front], "/opt/tool/bin:\(Self.standard)", "path"),
        ]
        for (rules, expected, origin) in cases {
            let (seen, from) = try path(rules, in: space)
            #expect(seen == expected)
            #expect(from == origin)
        }
        let callers = "/usr/local/bin:/usr/bin:/bin"
        let inherited = try path(["path": front], callers: callers, in: space)
        #expect(inherited == ("/opt/tool/bin:\(callers)", "path"))
        let present = try path(["path": ["dir": "/usr/bin", "position": "append"]], callers: callers, in: space)
        #expect(present == (callers, "inherited"))
        let none = try path(["inherit": false, "path": ["dir": "/bin"]], in: space)
        #expect(none.0 == Self.standard)
    }

    @Test("Without PATH there is none inside")
    func noPath() throws {
        let space = try Workspace("nopath")
        let (run, _) = try space.exec(["command": ["/usr/bin/env"], "env": ["inherit": false, "set": ["ONLY": "1"]]])
        #expect(run.code == 0, "\(run)")
        #expect(run.text.split(separator: "\n").sorted() == ["ONLY=1", "PWD=/"])
    }

    @Test("Inherit, unset, set: each variable and where it comes from", arguments: Requirements.users)
    func origins(user: UInt32?) throws {
        let space = try Workspace("origins", user: user)
        let (run, _) = try space.exec(
            [
                "command": ["/usr/bin/env"], "workdir": "/usr",
                "env": [
                    "inherit": ["LC_*", "FRUIT", "TOOL_?"], "unset": ["LC_B*"],
                    "set": ["FRUIT": "pear", "NEW": "ü \"q\""],
                ],
            ],
            adding: ["LC_ALPHA": "1", "LC_BETA": "2", "FRUIT": "apple", "TOOL_X": "x", "TOOL_XY": "xy", "STRAY": "s"]
        )
        #expect(run.code == 0, "\(run)")
        let expected = [
            "LC_ALPHA": ["1", "inherited"], "FRUIT": ["pear", "set"], "NEW": ["ü \"q\"", "set"],
            "TOOL_X": ["x", "inherited"], "PWD": ["/usr", "workdir"],
        ]
        #expect(try variables(space) == expected)
        let seen = Set(run.text.split(separator: "\n").map(String.init))
        #expect(seen == Set(expected.map { "\($0.key)=\($0.value[0])" }))
    }

    @Test("What is inherited unless the spec says more")
    func standardInheritance() throws {
        let space = try Workspace("standard")
        let (run, _) = try space.exec(
            ["command": ["/usr/bin/env"]],
            adding: ["USER": "u", "TZ": "UTC", "TERM": "vt100", "LC_TIME": "C", "SHELL": "/bin/sh", "API_TOKEN": "t"]
        )
        #expect(run.code == 0, "\(run)")
        let names = Set(run.text.split(separator: "\n").map { String($0.prefix { $0 != "=" }) })
        #expect(names == ["PATH", "HOME", "USER", "LANG", "LC_TIME", "TZ", "TERM", "PWD"])
    }

    @Test("The order is the same each time: by the bytes of the names")
    func order() throws {
        let space = try Workspace("order")
        let set: [String: JSONValue] = ["b": "1", "B": "2", "_": "3", "A1": "4", "A": "5", "a_b": "6", "Zz": "7"]
        var texts: Set<String> = []
        for _ in 0..<3 {
            let (run, _) = try space.exec(
                ["command": ["/usr/bin/env"], "env": ["inherit": false, "set": .object(set)]],
                ["--no-cache"]
            )
            #expect(run.code == 0, "\(run)")
            texts.insert(run.text)
        }
        #expect(texts.count == 1)
        let names = try space.artefact("2-env/env.json")["variables"]?.arrayValue?.compactMap {
            $0["name"]?.stringValue
        }
        #expect(names == ["A", "A1", "B", "PWD", "Zz", "_", "a_b", "b"])
    }

    @Test("A credential in the caller's environment is inherited by true as a secret, a name without a value")
    func credentials() throws {
        let space = try Workspace("credentials")
        let (run, _) = try space.exec(
            ["command": ["/usr/bin/printenv", "SERVICE_TOKEN"], "env": ["inherit": true]],
            adding: ["SERVICE_TOKEN": "hunter2-value"]
        )
        #expect(run.code == 0 && run.text == "hunter2-value\n", "\(run)")
        #expect(run.errorLines.count == 1 && run.errorText.contains("SERVICE_TOKEN (stdout)"), "\(run)")
        #expect(!run.errorText.contains("hunter2-value"))
        let variables = try space.artefact("2-env/env.json")["variables"]?.arrayValue ?? []
        #expect(variables.contains(["name": "SERVICE_TOKEN", "origin": "secret"]), "\(variables)")
    }

    /// Names in two Unicode normal forms are two variables to the kernel.
    @Test("A name in another normal form is another variable, and both at once can't be inherited")
    func normalForms() throws {
        let space = try Workspace("forms")
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let (run, _) = try space.exec(
            ["command": ["/usr/bin/env"], "env": ["inherit": [.string(composed)], "set": [decomposed: "2"]]],
            adding: [composed: "1"]
        )
        #expect(run.code == 0, "\(run)")
        let lines = Set(run.output.split(separator: 0x0A).map { Array($0) })
        #expect(lines == [Array("\(composed)=1".utf8), Array("\(decomposed)=2".utf8), Array("PWD=/".utf8)])

        let both = "exec /usr/bin/env '\(composed)=1' '\(decomposed)=2' \"$0\" \"$@\""
        try space.spec(["command": ["true"], "env": ["inherit": [.string(decomposed)]]])
        let refused = try space.tool(["plan"], through: both)
        #expect(refused.code == 2 && refused.errorText.contains("env.inherit"), "\(refused)")
        #expect(try space.tool(["run", "--", "true"], through: both).code == 0)
        let flags = try space.tool(["run", "-e", composed + "=1", "-e", decomposed + "=2", "--", "true"])
        #expect(flags.code == 125 && flags.errorText.contains("normal form"), "\(flags)")
        let named = try space.tool(["run", "-e", decomposed, "--", "/usr/bin/env"], through: both)
        #expect(Set(named.output.split(separator: 0x0A).map { Array($0) }).contains(Array("\(decomposed)=2".utf8)))
    }
}
