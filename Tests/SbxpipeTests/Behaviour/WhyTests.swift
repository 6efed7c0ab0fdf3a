import JSONText
import TestSupport
import Testing

/// A change of one thing, and what `why` is to say of it.
struct WhyCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Makes the change and gives by stage the components that are to be named: with old value and new, nil for none.
    let make: @Sendable (WhyBench) throws -> [String: [Named]]

    typealias Named = (component: String, old: JSONValue?, new: JSONValue?)

    init(_ what: String, _ make: @escaping @Sendable (WhyBench) throws -> [String: [Named]]) {
        testDescription = what
        self.make = make
    }

    /// A field of the spec that counts in some stages, for a value that it had before or not.
    static func field(
        _ what: String,
        _ path: String,
        _ old: JSONValue?,
        _ new: JSONValue,
        in stages: [String] = ["materialize"]
    ) -> WhyCase {
        WhyCase(what) { bench in
            try bench.set(path, new)
            return Dictionary(uniqueKeysWithValues: stages.map { ($0, [("spec." + path, old, new)]) })
        }
    }

    static let all: [WhyCase] = [
        field("a variable's value", "env.set.V17", "value 17", "another", in: ["env"]),
        field("a variable added", "env.set.V99", nil, "new", in: ["env"]),
        WhyCase("a variable removed") { bench in
            try bench.removeVariable("V39")
            return ["env": [("spec.env.set.V39", "value 39", nil)]]
        },
        WhyCase("an inherited variable of the caller's") { bench in
            bench.variables["CALLER"] = "two"
            return ["resolve": [("inputs.variables.CALLER", "one", "two")]]
        },
        WhyCase("content of stdin's file, size and time kept") { bench in
            let old = try bench.digest("input")
            try bench.overwrite("input", "hellO\n")
            return ["resolve": [("inputs.stdin.digest", old, try bench.digest("input"))]]
        },
        WhyCase("a bind's mode, to what is the default") { bench in
            try bench.set("mounts[3].mode", "ro")
            return ["materialize": [("spec.mounts[3].mode", "rw", nil)]]
        },
        field("a bind's mode", "mounts[1].mode", nil, "rw"),
        field("a bind's destination", "mounts[2].at", "/c", "/cc"),
        WhyCase("a bind's source") { bench in
            try bench.set("mounts[2].bind", "e")
            return [
                "resolve": [("inputs.mounts[2].declared", "c", "e")],
                "materialize": [("spec.mounts[2].bind", "c", "e")],
            ]
        },
        WhyCase("a bind added in the middle") { bench in
            let mount: JSONValue = ["bind": "e", "at": "/e"]
            try bench.mounts { $0.insert(mount, at: 1) }
            let fact: JSONValue = ["declared": "e", "kind": "folder", "path": .string(bench.space.folder("work/e"))]
            return ["resolve": [("inputs.mounts[1]", nil, fact)], "materialize": [("spec.mounts[1]", nil, mount)]]
        },
        WhyCase("a tmpfs taken out of the middle") { bench in
            try bench.mounts { $0.remove(at: 4) }
            return ["materialize": [("spec.mounts[4]", ["tmpfs": "/t", "size": "8M"], nil)]]
        },
        field("a tmpfs' size", "mounts[4].size", "8M", "9M"),
        field("a text's content", "mounts[6].text", "a = 1\nb = 2\n", "a = 1\nb = 3\n"),
        field("a hidden path", "mounts[8].hide", "/media", "/mnt"),
        field("an argument of the command", "command[3]", "first", "second"),
        field("the working folder", "workdir", "/a", "/b", in: ["env", "materialize"]),
        field("the hostname", "hostname", "before", "after"),
        WhyCase("a capability dropped") { bench in
            try bench.set("security.capabilities.drop[+]", "KILL")
            // In the order of their names.
            return ["materialize": [("spec.security.capabilities.drop[0]", nil, "CAP_KILL")]]
        },
        field("capture.limit", "capture.limit", "1M", "2M"),
        WhyCase("an output added") { bench in
            try bench.set("outputs[+]", "/a/more")
            return ["materialize": [("spec.outputs[1]", nil, "/a/more")]]
        },
        WhyCase("the launcher's bytes") { bench in
            let old = try bench.digest("launcher")
            try bench.append("x", to: "launcher.1")
            return ["resolve": [("helpers.bwrap.digest", old, try bench.digest("launcher"))]]
        },
        WhyCase("the bytes of a launcher found on PATH") { bench in
            bench.variables["SBXPIPE_BWRAP"] = nil
            try bench.plan()
            let old = try bench.digest("launchers/bwrap")
            try bench.append("x", to: "launchers/bwrap")
            return ["resolve": [("helpers.bwrap.digest", old, try bench.digest("launchers/bwrap"))]]
        },
        WhyCase("the target of the launcher's link") { bench in
            try bench.link("launcher", to: "launcher.2")
            let paths = ["launcher.1", "launcher.2"].map { JSONValue.string(bench.space.folder("work/" + $0)) }
            return ["resolve": [("helpers.bwrap.path", paths[0], paths[1])]]
        },
        WhyCase("the runtime by its name") { bench in
            try bench.set("runtime", "bwrap")
            return ["resolve": [("helpers.asked", "auto", "bwrap")], "archive": [("spec.runtime", nil, "bwrap")]]
        },
        WhyCase("a pattern that inherits nothing more") { bench in
            try bench.set("env.inherit[+]", "NO_SUCH_*")
            return ["archive": [("spec.env.inherit[3]", nil, "NO_SUCH_*")]]
        },
    ]
}

@Suite("why", .tags(.large), .needsBubblewrap)
struct WhyTests {
    private static let order = ["resolve", "env", "materialize", "archive", "launch"]

    @Test("One change is named alone, where it counts, with old value and new", arguments: WhyCase.all)
    func names(change: WhyCase) throws {
        let bench = try WhyBench("why")
        try bench.plan()
        let same = WhyStage.all(try bench.why(code: 0))
        #expect(same.map(\.name) == Self.order)
        #expect(same.allSatisfy { $0.isHit == ($0.name != "launch") && $0.changes.isEmpty && $0.follows.isEmpty })

        let expected = try change.make(bench)
        let before = try bench.snapshot()
        let document = try bench.why(code: 1)
        #expect(document["schema"] == "sbxpipe.why/v1")
        #expect(document["hit"] == false)
        let stages = WhyStage.all(document)
        #expect(stages.map(\.name) == Self.order)
        var missed = 0
        for stage in stages {
            let own = (expected[stage.name] ?? []).map { named in
                JSONValue.members(["component": .string(named.component), "old": named.old, "new": named.new])
            }
            #expect(stage.changes == own, "\(stage)")
            if stage.name == "launch" { continue }
            #expect(stage.reason == nil)
            #expect(stage.isHit == (own.isEmpty && stage.follows.isEmpty), "\(stage)")
            if missed == 0 { #expect(stage.follows.isEmpty) }
            missed += stage.isHit ? 0 : 1
        }
        try checkText(try bench.tool(["why"]), Self.order.flatMap { expected[$0] ?? [] })
        #expect(try bench.snapshot() == before)

        try bench.plan()
        #expect(WhyStage.all(try bench.why(code: 0)).allSatisfy { $0.isHit == ($0.name != "launch") })
    }

    /// The lines that name components are those of the changes, in order.
    private func checkText(_ run: ToolRun, _ changes: [WhyCase.Named]) throws {
        #expect(run.code == 1 && run.errors.isEmpty, "\(run)")
        let lines = run.text.split(separator: "\n").map { $0.dropFirst(21) }
        let named = lines.filter { line in ["spec.", "inputs.", "helpers."].contains { line.hasPrefix($0) } }
        #expect(named.count == changes.count, "\(run)")
        for (line, change) in zip(named, changes) {
            #expect(line.hasPrefix(change.component + ": "), "\(run)")
            for value in [change.old, change.new] {
                guard let value else { continue }
                let text = String(decoding: value.canonical(), as: UTF8.self)
                // Digests are shown in short.
                #expect(line.contains(text.hasPrefix("\"sha256:") ? String(text.prefix(20)) : text), "\(run)")
            }
            if change.component.hasSuffix("]"), change.old == nil || change.new == nil {
                #expect(line.contains(change.old == nil ? ": added " : ": removed "), "\(run)")
            } else {
                let word = line.hasPrefix("spec.env.set.") ? "(unset)" : "(default)"
                #expect(line.contains(" -> ") && line.contains(word) == (change.old == nil || change.new == nil))
            }
        }
    }

    @Test("Each stage says which earlier ones it follows", arguments: Requirements.users)
    func follows(user: UInt32?) throws {
        let bench = try WhyBench("whyfollows", user: user)
        try bench.plan()
        bench.variables["CALLER"] = "two"
        let stages = WhyStage.all(try bench.why(code: 1))
        #expect(stages.map(\.follows) == [[], ["resolve"], ["env"], ["env", "materialize"], ["materialize"]])
        let text = try bench.tool(["why"]).text.split(separator: "\n")
        #expect(text.first == "1 resolve      miss  inputs.variables.CALLER: \"one\" -> \"two\"")
        #expect(
            text.dropFirst().prefix(3).map { $0.dropFirst(15) } == [
                "miss  follows resolve", "miss  follows env", "miss  follows env, materialize",
            ]
        )
    }

    @Test("Several changes of a list are told apart, and what was only moved along by them is not named")
    func lists() throws {
        let bench = try WhyBench("whylists")
        try bench.plan()
        try bench.mounts { mounts in
            mounts.insert(["tmpfs": "/x"], at: 0)
            mounts[2] = ["bind": "b", "at": "/b", "mode": "rw"]
            mounts.remove(at: 5)
            mounts.append(["tmpfs": "/y"])
        }
        try bench.set("command", ["/bin/sh", "-e", "-c", "env; cat", "first"])
        let stages = WhyStage.all(try bench.why(code: 1))
        #expect(!stages[0].isHit && stages[0].changes.isEmpty && stages[0].reason?.contains("other places") == true)
        #expect(
            stages[2].changes == [
                ["component": "spec.command[1]", "new": "-e"],
                ["component": "spec.mounts[0]", "new": ["tmpfs": "/x"]],
                ["component": "spec.mounts[2].mode", "new": "rw"],
                ["component": "spec.mounts[4]", "old": ["tmpfs": "/t", "size": "8M"]],
                ["component": "spec.mounts[10]", "new": ["tmpfs": "/y"]],
            ]
        )
    }

    @Test("A long value is an excerpt around what differs, and whole in JSON")
    func longValues() throws {
        let bench = try WhyBench("whylong")
        let start = String(repeating: "0123456789", count: 50)
        try bench.set("mounts[6].text", .string(start + "old" + start))
        try bench.plan()
        try bench.set("mounts[6].text", .string(start + "new\u{1B}" + start))
        let line = try #require(try bench.tool(["why"]).text.split(separator: "\n").first { $0.contains(" -> ") })
        #expect(line.utf8.count < 250 && line.contains("89old01") && line.contains("89new\\u001b01"), "\(line)")
        let change = try #require(WhyStage.all(try bench.why(code: 1))[2].changes.first)
        #expect(change["old"]?.stringValue == start + "old" + start)
    }
}
