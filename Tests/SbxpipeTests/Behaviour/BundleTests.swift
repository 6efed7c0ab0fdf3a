import HostFiles
import JSONText
import TestSupport
import Testing

/// A plan or run as one file: export, import, inspect, exec (issue 6).
@Suite("Bundles", .tags(.large), .needsBubblewrap)
struct BundleTests {
    private static let command = "cat a d/*; echo $A; echo err >&2; echo out >/out/x; exit 3"

    @Test("A run is the same file whoever writes it, wherever it was, and is all there for who imports it")
    func roundTrip() throws {
        let lab = try BundleLab()
        try lab.spec(Self.command)
        let made = try lab.run(
            """
            "$SBX" exec shop.json || test $? = 3
            for c in none gzip zstd; do
                (umask 000; LC_ALL=C TZ=Asia/Tokyo "$SBX" export last -o $c.sbx --compress $c)
                (umask 077; cd /; LC_ALL=tr_TR.UTF-8 "$SBX" export last -o "$OLDPWD/again.sbx" --compress $c)
                cmp $c.sbx again.sbx
            done
            SOURCE_DATE_EPOCH=77 "$SBX" export last -o dated.sbx; ! cmp -s none.sbx dated.sbx; stat -c %a none.sbx again.sbx
            """
        )
        #expect(made.code == 0 && made.text.hasSuffix("é" + "b c\n644\n600\n"), "\(made)")
        for name in ["none.sbx", "gzip.sbx", "zstd.sbx"] { try lab.send(name) }
        let taken = try lab.run(
            """
            for f in none gzip zstd; do
                "$SBX" inspect $f.sbx | sed -n 2,3p; "$SBX" import $f.sbx --store st-$f
                "$SBX" cat last collect/stdout --store st-$f; "$SBX" logs last --stderr --store st-$f
                "$SBX" cat last 6-collect/outputs.tar/out/x --store st-$f
                "$SBX" export last -o back.sbx --store st-$f; cmp none.sbx back.sbx
                "$SBX" ls --runs --json --store st-$f >ls.json; grep -c '"imported":true' ls.json
                "$SBX" cache verify --store st-$f; "$SBX" import $f.sbx -q --store st-$f; "$SBX" ls --runs --store st-$f | wc -l
            done
            """,
            in: lab.there
        )
        #expect(taken.code == 0, "\(taken)")
        let text = taken.text.split(separator: "\n").map(String.init)
        #expect(
            text.count { $0 == "out" } == 3 && text.count { $0 == "one" } == 3 && taken.errorText == "err\nerr\nerr\n"
        )
        #expect(text.count { $0.hasPrefix("imported: ") } == 3 && text.count { $0.hasPrefix("exit 3 ") } == 3)
        #expect(text.count { $0.hasSuffix("all good") } == 3 && text.count { $0 == "2" } == 3, "\(taken)")
    }

    @Test("A plan's file is launched where it is brought to, once that is allowed")
    func plan() throws {
        let lab = try BundleLab()
        try lab.spec("cat a; echo out >/out/x")
        let made = try lab.run(
            "\"$SBX\" plan shop.json -q -o p.sbx; \"$SBX\" export shop -o q.sbx; cmp p.sbx q.sbx; rm -r src"
        )
        #expect(made.code == 0 && made.errors.isEmpty, "\(made)")
        try lab.send("p.sbx")
        expectRefused(try lab.there.tool(["exec", "p.sbx"]), 125, "imported", "host-mounts")
        for words in [
            ["exec", "p.sbx"], ["exec", "shop"], ["replay", "p.sbx"], ["exec", "p.sbx", "--runtime", "bwrap"],
        ] {
            let flags = words.count > 2 ? "host-mounts,changes" : "host-mounts"
            let run = try lab.there.tool(words + ["--allow", flags])
            #expect(run.code == 0 && run.text == "one\ntwo\n", "\(words): \(run)")
        }
        expectRefused(
            try lab.there.tool(["exec", "p.sbx", "--store", "other", "--set", "init=false", "--allow", "host-mounts"]),
            125,
            "changes"
        )
        expectRefused(try lab.there.tool(["why", "p.sbx"]), 2, "p.sbx", "import")
        expectRefused(try lab.there.tool(["cat", "p.sbx", "archive/plan.json"]), 2, "p.sbx", "import")
    }

    @Test("Inspect reads only the head of a large bundle, import takes nothing less than all of it")
    func head() throws {
        let lab = try BundleLab()
        try lab.spec("head -c 20000000 /dev/urandom; echo x >/out/x")
        for compression in ["none", "gzip"] {
            let made = try lab.run(
                """
                "$SBX" run --store one -- true; "$SBX" exec shop.json --store one >/dev/null
                "$SBX" export last -o big.sbx --compress \(compression) --store one; head -c 200000 big.sbx >head.sbx
                "$SBX" inspect big.sbx >a; "$SBX" inspect head.sbx >b; cmp a b; "$SBX" inspect head.sbx launch | grep -c sbxpipe.launch
                "$SBX" inspect head.sbx --json collect/run.json; \(BundleLab.listing)
                "$SBX" import head.sbx || echo $?; \(BundleLab.listing)
                """,
                adding: ["SBXPIPE_STORE": lab.here.home + "/fresh-\(compression)"]
            )
            #expect(made.code == 0 && made.text.contains("\"id\""), "\(made)")
            #expect(made.errorLines.count { $0.hasPrefix("sbxpipe: error: head.sbx: ") } == 1, "\(made)")
            #expect(made.text.contains("}2\n"), "\(made)")
            #expect(!made.text.contains("blobs/sha256"), "\(made)")
        }
    }

    @Test("No secret is in a bundle; a run whose captures hold one is refused but by the caller's word")
    func secrets() throws {
        let lab = try BundleLab()
        let value = "s3cr3t-value-0815"
        let secret: [String: JSONValue] = ["secrets": ["TOKEN": ["env": "CI_TOKEN"]]]
        try lab.spec("test -n \"$TOKEN\"; echo fine", named: "quiet.json", more: secret)
        try lab.spec("echo \"$TOKEN\"", named: "loud.json", more: secret)
        let made = try lab.run(
            """
            "$SBX" exec quiet.json; "$SBX" exec loud.json; "$SBX" export quiet -o quiet.sbx
            "$SBX" export loud -o loud.sbx || echo $?; test ! -e loud.sbx; ls | grep -c tmp || true
            "$SBX" export loud -o loud.sbx --allow-secrets; grep -c "$CI_TOKEN" loud.sbx
            for v in "$CI_TOKEN" "$(printf %s "$CI_TOKEN" | base64)" "$(printf %s "$CI_TOKEN" | xxd -p)"; do
                grep -c -- "$v" quiet.sbx || true; done
            """,
            adding: ["CI_TOKEN": value]
        )
        #expect(
            made.code == 0 && made.text.hasSuffix("2\n0\n2\n0\n0\n0\n") || made.text.hasSuffix("2\n0\n1\n0\n0\n0\n"),
            "\(made)"
        )
        #expect(made.errorText.contains("TOKEN in stdout"), "\(made)")
        try lab.send("quiet.sbx")
        expectRefused(try lab.there.tool(["exec", "quiet.sbx", "--allow", "host-mounts"]), 125, "secrets", "CI_TOKEN")
    }

    @Test(
        "With a root of its own it needs nothing of the host, is the same after a way through gzip, and its README runs it"
    )
    func root() throws {
        let lab = try BundleLab()
        try lab.here.write("a\n", to: "src/a")
        try lab.here.spec([
            "command": ["/bin/sh", "-c", "cat /src/a; echo out >/out/x"], "root": ["tar": "root.tar"],
            "env": ["inherit": false, "set": ["PATH": "/bin"]], "outputs": ["/out/x"],
            "mounts": [["bind": "src", "at": "/src", "mode": "snapshot"], ["tmpfs": "/out"]],
        ])
        let made = try lab.run(
            """
            mkdir -p r/bin r/proc r/dev r/src r/out r/tmp; cp "$(readlink -f /bin/sh)" r/bin/sh; cp /bin/cat r/bin
            for l in $(ldd r/bin/sh r/bin/cat | grep -o '/[^ ]*' | grep -F .so | sort -u); do mkdir -p r$(dirname $l); cp $l r$l; done
            tar -cf root.tar -C r .; "$SBX" exec sandbox.json; "$SBX" export last -o none.sbx
            "$SBX" export last -o gzip.sbx --compress gzip; rm -r root.tar src r
            mkdir x; cd x; tar -xf ../gzip.sbx
            for b in blobs/sha256/*; do tar -xOf $b sbxpipe/README 2>/dev/null || true; done | sed -n \
                's/^    \\(tar -xf blobs.*\\)/\\1/p; s/^    \\(mkdir .*\\)/\\1/p; s/^    \\(bwrap .*\\)/\\1/p' >lines
            bash -e lines
            """
        )
        #expect(made.code == 0 && made.text == "a\na\n", "\(made)")
        for name in ["none.sbx", "gzip.sbx"] { try lab.send(name) }
        let taken = try lab.run(
            """
            "$SBX" import gzip.sbx -q; "$SBX" export last -o back.sbx; cmp back.sbx none.sbx
            "$SBX" replay gzip.sbx --check; "$SBX" exec none.sbx --store other
            """,
            in: lab.there
        )
        #expect(taken.code == 0 && taken.text.hasSuffix("a\na\n"), "\(taken)")
        #expect(taken.errorText.contains("sbxpipe: reproduced\n"), "\(taken)")
    }

    @Test("What export and import can't take is said in one line")
    func refused() throws {
        let lab = try BundleLab()
        try lab.spec("true")
        _ = try lab.here.tool(["plan", "shop.json"])
        try lab.here.write("{}", to: "no.sbx")
        try lab.here.makeFolder("dir.sbx")
        let cases: [([String], Int32, String)] = [
            (["import", "no.sbx"], 2, "no.sbx"), (["import", "none.sbx"], 2, "none.sbx"),
            (["import", "dir.sbx"], 2, "dir.sbx"),
            (["import", "/dev/null"], 2, "/dev/null"), (["inspect", "no.sbx"], 2, "no.sbx"), (["import"], 64, "file"),
            (["export", "shop", "-o", "dir.sbx"], 2, "dir.sbx"),
            (["export", "shop", "-o", "no/such/x.sbx"], 2, "no/such"),
            (["export", "shop.json", "-o", "x.sbx"], 2, "is a spec"),
            (["export", "no.sbx", "-o", "x.sbx"], 2, "bundle already"),
            (["export", "shop", "-o", "x.sbx", "--compress", "xz"], 64, "--compress"),
            (["export", "shop", "-o", "x.sbx", "--runtime", "runc"], 64, "-o"), (["export", "shop"], 64, "-o FILE"),
            (["export", "shop", "--as", "runc", "d", "--allow-secrets"], 64, "-o"),
            (["rm", "no.sbx"], 2, "bundle file"),
        ]
        for (words, code, word) in cases { expectRefused(try lab.here.tool(words), code, word) }
        #expect(try Folder.names(lab.here.work).count == 4)
    }
}
