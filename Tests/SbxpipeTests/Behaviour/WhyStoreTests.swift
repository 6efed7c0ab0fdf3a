import JSONText
import TestSupport
import Testing

@Suite("why and the store", .tags(.large), .needsBubblewrap)
struct WhyStoreTests {
    private func components(_ document: JSONValue) -> [String: [String]] {
        var components: [String: [String]] = [:]
        for stage in WhyStage.all(document) where !stage.changes.isEmpty {
            components[stage.name] = stage.changes.compactMap { $0["component"]?.stringValue }
        }
        return components
    }

    @Test("What was never planned misses in each stage, and nothing is stored", arguments: Requirements.users)
    func neverPlanned(user: UInt32?) throws {
        let bench = try WhyBench("whynever", user: user)
        #expect(try bench.tool(["ls"]).code == 0)
        let before = try bench.snapshot()
        let document = try bench.why(code: 1)
        #expect(document["comparedWith"] == nil && document["name"] == "sandbox")
        let stages = WhyStage.all(document)
        #expect(stages.prefix(4).allSatisfy { !$0.isHit && $0.changes.isEmpty && $0.reason?.contains("name") == true })
        let run = try bench.tool(["why", "sandbox.json"])
        #expect(run.code == 1 && run.text.hasSuffix("\nthere is no plan sandbox yet to compare with\n"), "\(run)")
        #expect(try bench.snapshot() == before)
        #expect(try bench.tool(["why", "no-such-name"]).code == 2)
        #expect(try bench.tool(["why", "absent.json"]).code == 2)
        try bench.set("mounts[0].bind", "absent")
        let refused = try bench.tool(["why"])
        #expect(refused.code == 2 && refused.errorText.contains("mounts[0].bind"), "\(refused)")
    }

    @Test("A plan, a run and a name are compared with themselves as they were planned")
    func references() throws {
        let bench = try WhyBench("whyref")
        let plan = try #require(try bench.space.json(["plan", "--json"], adding: bench.variables)["plan"]?.stringValue)
        #expect(try bench.tool(["exec", "sandbox.json"]).code == 0)
        let id = try #require(try bench.space.artefact("6-collect/run.json")["id"]?.stringValue)
        try bench.set("hostname", "newer")
        try bench.plan()
        let newer = try #require(try bench.why(code: 0)["comparedWith"])
        #expect(newer != .string(plan))
        // A name is its newest run, as for inspect; the plan made since then is another's business.
        for reference in [plan, String(plan.dropFirst(7).prefix(8)), id, "last", "sandbox"] {
            #expect(try bench.why([reference], code: 0)["comparedWith"] == .string(plan), "\(reference)")
        }
        bench.variables["CALLER"] = "two"
        for reference in [plan, id, "sandbox"] {
            #expect(components(try bench.why([reference], code: 1)) == ["resolve": ["inputs.variables.CALLER"]])
        }
        bench.variables["CALLER"] = "one"
        // Without the file that it came from.
        #expect(
            try Program.run(["/bin/rm", bench.space.folder("work/sandbox.json")], in: "/", environment: [:]).code == 0
        )
        #expect(try bench.why([plan], code: 0)["hit"] == true)
    }

    @Test("--set, --runtime: what the flags would change")
    func flags() throws {
        let bench = try WhyBench("whyset")
        try bench.plan()
        let set = ["--set", "env.set.V20=x"]
        #expect(components(try bench.why(set, code: 1)) == ["env": ["spec.env.set.V20"]])
        #expect(components(try bench.why(set + ["sandbox"], code: 1)) == ["env": ["spec.env.set.V20"]])
        #expect(try bench.tool(["plan"] + set).code == 0)
        #expect(try bench.why(set, code: 0)["hit"] == true)
        // What was planned last is compared with, and what was planned before is in the cache still.
        #expect(try bench.why(code: 0)["hit"] == true)
        let runtime = ["--runtime", "bwrap"]
        #expect(components(try bench.why(runtime, code: 1))["resolve"] == ["helpers.asked"])
        #expect(try bench.tool(["why", "--set", "hostname"]).code == 2)
        #expect(try bench.tool(["why", "--no-such-flag"]).code == 64)
    }

    @Test("A spec is compared with the newest plan of its own file, where another of the same name was planned since")
    func otherFile() throws {
        let bench = try WhyBench("whyfile")
        try bench.plan()
        try bench.space.makeFolder("other")
        try bench.space.spec(["command": ["true"]], named: "other/sandbox.json")
        #expect(try bench.tool(["plan", "other/sandbox.json"]).code == 0)
        try bench.set("hostname", "newer")
        #expect(components(try bench.why(code: 1)) == ["materialize": ["spec.hostname"]])
    }

    @Test("After gc a plan that went is no REF, and a spec as it was then is told apart from the plan that stayed")
    func afterGC() throws {
        let bench = try WhyBench("whygc")
        let old = try #require(try bench.space.json(["plan", "--json"], adding: bench.variables)["plan"]?.stringValue)
        try bench.set("hostname", "newer")
        try bench.plan()
        let age = "find \"$SBXPIPE_STORE\" -exec touch -h -d '40 days ago' {} +; exec \"$0\" \"$@\""
        let gc = try bench.space.tool(["cache", "gc"], through: age, adding: bench.variables)
        #expect(gc.code == 0, "\(gc)")
        #expect(try bench.why(code: 0)["hit"] == true)
        #expect(try bench.tool(["why", old]).code == 2)
        try bench.set("hostname", "before")
        let document = try bench.why(code: 1)
        #expect(WhyStage.all(document).prefix(4).map(\.isHit) == [true, true, false, false])
        #expect(components(document) == ["materialize": ["spec.hostname"]])
    }

    @Test("Of keys that went, of damaged files and of records that nobody signed the reason is told")
    func lost() throws {
        let bench = try WhyBench("whylost")
        try bench.plan()
        let cache = bench.space.store + "/cache"
        func shell(_ script: String) throws {
            let run = try Program.run(["/bin/sh", "-euc", script], in: cache, environment: ["PATH": "/usr/bin:/bin"])
            try #require(run.code == 0, "\(run)")
        }
        func reason(_ stage: Int) throws -> String {
            let stage = WhyStage.all(try bench.why(code: 1))[stage]
            #expect(!stage.isHit && stage.changes.isEmpty)
            return try #require(stage.reason)
        }
        // env.json with another byte at its end.
        try shell("cp -a . ../saved; for f in blobs/sha256/*; do grep -l sbxpipe.env/v1 $f || :; done > ../names")
        try shell("while read f; do chmod u+w $f; printf x >> $f; done < ../names")
        #expect(try reason(1).contains("damaged"))
        let before = try bench.snapshot()
        _ = try bench.why(code: 1)
        #expect(try bench.snapshot() == before)
        try shell("rm -r blobs; cp -a ../saved/blobs .; for f in actions/env/*; do sed -i 's/V17/V71/' $f; done")
        #expect(try reason(1).contains("not in the store any more"))
        try shell("rm -r actions/env")
        let run = try bench.tool(["why"])
        #expect(run.code == 1 && run.text.contains("2 env          miss  the key of plan "), "\(run)")
        try bench.plan()
        _ = try bench.why(code: 0)
    }

    @Test(
        "It works on a store that can't be written, with a launcher that it never saw",
        .enabled(if: Requirements.isRoot)
    )
    func readOnly() throws {
        let bench = try WhyBench("whyreadonly")
        try bench.plan()
        let script = """
            mount --make-rprivate / && mount --bind "$SBXPIPE_STORE" "$SBXPIPE_STORE" \
            && mount -o remount,bind,ro "$SBXPIPE_STORE" && ! touch "$SBXPIPE_STORE/x" 2>/dev/null || exit 99
            exec "$0" "$@"
            """
        // What is found out of a launcher that is older than two seconds would be remembered.
        bench.variables["SBXPIPE_BWRAP"] = nil
        bench.variables["PATH"] = bench.space.environment["PATH"]
        let run = try Program.run(
            ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, Tool.path, "why", "--json"],
            in: bench.space.work,
            environment: bench.space.environment.merging(bench.variables) { $1 }
        )
        #expect(run.code == 1 && run.errors.isEmpty, "\(run)")
        #expect(components(try run.json()) == ["resolve": ["helpers.bwrap.path"]])
        let before = try bench.snapshot()
        _ = try bench.why(code: 1)
        #expect(try bench.snapshot() == before)
    }
}
