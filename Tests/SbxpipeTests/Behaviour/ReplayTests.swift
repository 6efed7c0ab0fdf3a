import HostFiles
import JSONText
import TestSupport
import Testing

/// `sbxpipe replay`: the same sandbox again, here or elsewhere, and what came of it held against what was recorded.
@Suite("Replay", .tags(.large), .needsBubblewrap)
struct ReplayTests {
    @Test("A run is reproduced when its sources are gone and the caller's variables are others")
    func reproduced() throws {
        let lab = try BundleLab()
        try lab.spec(
            "cat a; echo $KEEP; echo err >&2; echo out >/out/x; exit 3",
            more: ["env": ["inherit": ["KEEP"]]]
        )
        let made = try lab.run(
            """
            KEEP=this "$SBX" exec shop.json || test $? = 3; "$SBX" export last -o run.sbx; rm -r src shop.json; cd /
            R=$("$SBX" inspect last --json | sed -n 's/^  "digest": "\\(.*\\)",*/\\1/p')
            "$SBX" replay last --check; "$SBX" replay $R || echo $?; "$SBX" replay $R --exact --check --times 2
            "$SBX" inspect last collect/run.json | grep -c "\\"parent\\": \\"$R\\""
            """,
            adding: ["KEEP": "that"]
        )
        let out = "one\ntwo\nthis\n"
        #expect(made.code == 0 && made.text == out + out + out + "3\n" + out + out + "1\n", "\(made)")
        let notes = made.errorLines.filter { $0 != "err" }
        #expect(notes == ["", " (1 of 2)", " (2 of 2)"].map { "sbxpipe: reproduced" + $0 }, "\(made)")
        try lab.send("run.sbx")
        expectRefused(try lab.there.tool(["replay", "run.sbx", "--check"]), 125, "imported", "host-mounts")
        let taken = try lab.there.tool(["replay", "run.sbx", "--check", "--allow", "host-mounts"])
        #expect(taken.code == 0 && taken.text == out && taken.errorText.contains("sbxpipe: reproduced\n"), "\(taken)")
        if Requirements.isRoot { #expect(taken.errorText.contains("differs: uid: 0:0 -> 4321:4321"), "\(taken)") }
    }

    @Test("What differs is said and is exit code 1; a mask leaves out what may")
    func different() throws {
        let lab = try BundleLab()
        try lab.spec("cat a; date +at-%N; date +%N >/out/x")
        let script = """
            "$SBX" exec shop.json >/dev/null; R=$("$SBX" ls --runs | sed -n 's/^run *\\([0-9a-f]*\\).*/\\1/p')
            try() { "$SBX" replay $R --check "$@" >/dev/null && echo same || echo $?; }
            try; try --times 2 --mask 'stdout=at-[0-9]+'; try --mask 'stderr=x'; try -q
            try -- sh -c 'cat a; exit 4'; try --set env.set.A=c --mask stdout=.; "$SBX" ls --runs --json >ls.json
            """
        let made = try lab.run(script)
        #expect(made.code == 0 && made.text == "1\n1\n1\n1\n1\n1\n", "\(made)")
        let lines = made.errorLines
        #expect(lines.contains { $0.hasPrefix("sbxpipe: different: stdout: line 3: recorded \"at-") }, "\(made)")
        #expect(lines.count { $0.contains("stdout: line 3: recorded \"at-") } == 4, "\(made)")
        #expect(lines.contains("sbxpipe: different: exit status: recorded 0, now 4"), "\(made)")
        #expect(lines.contains("sbxpipe: different: output /out/x: is not there now"), "\(made)")
        #expect(lines.contains { $0.hasPrefix("sbxpipe: different (2 of 2): output /out/x: digest") }, "\(made)")
        #expect(lines.count { $0.hasPrefix("sbxpipe: flags make a new plan, ") } == 2, "\(made)")
        try lab.spec("cat a; date +at-%N; head -c 3 /dev/zero", named: "masked.json", more: ["outputs": []])
        let masked = try lab.run(
            "\"$SBX\" exec masked.json >/dev/null; \"$SBX\" replay last --check --mask 'stdout=^at-.*$'"
        )
        #expect(masked.code == 0 && masked.errorText == "sbxpipe: reproduced\n", "\(masked)")
    }

    @Test("A run of another runtime is bound to this one; what is weaker is said, and refused when asked")
    func weaker() throws {
        let lab = try BundleLab()
        try lab.spec("cat a; echo x >/out/x")
        let made = try lab.run(
            """
            "$SBX" exec shop.json --set resources.rlimits.nofile=100 >/dev/null
            "$SBX" replay last --check --set resources.rlimits.nofile=200 --result r.json; grep -c '"reason": "exited"' r.json
            """
        )
        #expect(made.code == 0 && made.text == "one\ntwo\n1\n", "\(made)")
        guard !Requirements.isRoot else {
            // What root is not held to is missing by the caller's word, where it was enforced for an ordinary user.
            let theirs = try BundleLabOrder(lab)
            #expect(theirs.note.contains("weaker: resources.rlimits: enforced"), "\(theirs.note)")
            #expect(theirs.refused.code == 125 && theirs.refused.errorText.contains("more weakly"), "\(theirs.refused)")
            return
        }
    }

    /// An ordinary user's run, replayed by root.
    private struct BundleLabOrder {
        let note: String
        let refused: ToolRun

        init(_ lab: BundleLab) throws {
            let made = try lab.run(
                """
                "$SBX" run --set 'resources.rlimits={"nproc": 500}' --name theirs -- echo x
                "$SBX" export theirs -o t.sbx; chmod a+r t.sbx
                """,
                in: lab.there
            )
            try #require(made.code == 0, "\(made)")
            let bytes = try FileContent.read(lab.there.work + "/t.sbx", limit: 1 << 24)
            let file = try OwnedDescriptor.open(lab.here.work + "/t.sbx", [.write, .create], mode: 0o644)
            try FileContent.write(bytes, to: file.number)
            let flags = ["--allow", "host-mounts", "--allow-degraded", "resources.rlimits"]
            let run = try lab.here.tool(["replay", "t.sbx", "--check"] + flags)
            #expect(run.code == 0 && run.text == "x\n", "\(run)")
            note = run.errorText
            refused = try lab.here.tool(["replay", "t.sbx", "--fail-if-weaker"] + flags)
        }
    }

    @Test("What replay can't do is said in one line, 125")
    func refused() throws {
        let lab = try BundleLab()
        try lab.spec("true")
        _ = try lab.here.tool(["exec", "shop.json"])
        let cases: [([String], String)] = [
            (["replay", "shop.json"], "is a spec"), (["replay", "nothing"], "nothing"), (["replay"], "ref"),
            (["replay", "last", "--exact", "--set", "init=false"], "--exact"),
            (["replay", "last", "--exact", "--", "ls"], "--exact"),
            (["replay", "last", "--times", "0"], "--times"), (["replay", "last", "--mask", "stdout=x"], "--check"),
            (["replay", "last", "--check", "--mask", "stdout=("], "--mask"),
            (["replay", "last", "--check", "--mask", "in=x"], "STREAM"),
            (["replay", "last", "--check", "--reuse"], "--reuse"),
        ]
        for (words, word) in cases { expectRefused(try lab.here.tool(words), 125, word) }
        let plan = try lab.here.tool(["plan", "shop.json", "--json"]).json()["plan"]?.stringValue ?? ""
        expectRefused(try lab.here.tool(["replay", plan, "--check"]), 125, "no run")
    }
}
