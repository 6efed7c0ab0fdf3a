import HostFiles
import JSONText
import TestSupport
import Testing

/// `sbxpipe diff`: what two plans or runs differ in, in one look.
@Suite("Diff", .tags(.large), .needsBubblewrap)
struct DiffTests {
    @Test("Two runs are compared by stage, field, line and file; exit code 1 when they differ")
    func runs() throws {
        let lab = try BundleLab()
        try lab.spec("cat a; cat a >/out/x")
        let made = try lab.run(
            """
            "$SBX" exec shop.json >/dev/null; echo three >>src/a; rm -r src/d
            "$SBX" exec shop.json --set env.set.A=z --set hostname=box >/dev/null; "$SBX" export last~1 -o old.sbx
            "$SBX" diff last last; "$SBX" diff last~1 last >diff || echo $?; "$SBX" diff last~1 last --json >diff.json || echo $?
            "$SBX" diff old.sbx last >head || echo $?; "$SBX" diff old.sbx last~1 || true; "$SBX" diff last none || echo $?
            """
        )
        #expect(made.code == 0 && made.text == "1\n1\n1\n2\n", "\(made)")
        let text = try lab.here.folder.read("work/diff")
        for line in [
            "2 env\n    env.json: variables[0].value: \"b c\" -> \"z\"\n",
            "description.json: hostname: \"sandbox\" -> \"box\"\n",
            "layer-0.tar: /src/d: {\"kind\":\"folder\",\"mode\":\"0755\"} -> nothing\n",
            "layer-0.tar: /src/a: {\"digest\":",
            "    spec.json: ", "    stdout: line 3: nothing -> \"three\"\n", "outputs.tar: /out/x: {\"digest\":",
            "6 collect\n", "plan.json: portable: ",
        ] {
            #expect(text.contains(line), "\(line) in \(text)")
        }
        let document = try JSONParser.parse(Array(try lab.here.folder.read("work/diff.json").utf8))
        let differences = document["differences"]?.arrayValue ?? []
        #expect(differences.count == text.split(separator: "\n").count { $0.hasPrefix("    ") })
        #expect(differences.contains { $0["place"] == "line 3" && $0["new"] == "three" && $0["old"] == nil })
        // Of a file only the head is read: what is large is told apart by its digest.
        let head = try lab.here.folder.read("work/head")
        #expect(head.contains("description.json: hostname") && head.contains("    layer-0.tar: \"sha256:"), "\(head)")
    }
}
