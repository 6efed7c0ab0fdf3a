import HostFiles
import JSONText
import TestSupport
import Testing

/// A bundle from elsewhere that is not what it says: refused by the tool, with the store as before (SAFETY.md, Import).
@Suite("Importing what is hostile", .tags(.large), .needsBubblewrap, .needsPython)
struct HostileImportTests {
    /// Puts bundle.sbx together again with `change(files)` done to sbxpipe's own layer, every digest above it right.
    private static let rebuild = """
        import sys, io, json, tarfile, hashlib
        def sha(b): return "sha256:" + hashlib.sha256(b).hexdigest()
        def tar(files):
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as t:
                for name, body in files.items():
                    i = tarfile.TarInfo(name); i.size = len(body); t.addfile(i, io.BytesIO(body))
            return out.getvalue()
        def read(b): return {m.name: t.extractfile(m).read() for t in [tarfile.open(fileobj=io.BytesIO(b))] for m in t if m.isfile()}
        def dump(v): return json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        def desc(b, kind): return {"mediaType": kind, "digest": sha(b), "size": len(b)}
        outer = read(open("good.sbx", "rb").read())
        blob = lambda d: outer["blobs/sha256/" + d["digest"][7:]]
        manifest = json.loads(blob(json.loads(outer["index.json"])["manifests"][0]))
        layers = [blob(d) for d in manifest["layers"]]
        files = read(layers[-1])
        record = json.loads(files["sbxpipe/bundle.json"])
        folder = {"env": "2-env", "materialize": "3-materialize", "archive": "4-archive", "launch": "5-launch", "collect": "6-collect"}
        def get(stage, name): return json.loads(files["sbxpipe/%s/%s" % (folder[stage], name)])
        def put(stage, name, value):
            body = value if isinstance(value, bytes) else dump(value)
            files["sbxpipe/%s/%s" % (folder[stage], name)] = body
            for r in record["stages"]:
                if r["stage"] == stage: r["files"][name] = desc(body, r["files"][name]["mediaType"])
            return sha(body)
        def run(**changes):
            r = get("collect", "run.json"); r.update(changes); record["run"] = put("collect", "run.json", r)
        exec(sys.argv[1])
        files["sbxpipe/bundle.json"] = dump(record)
        layers[-1] = tar(files)
        config = json.loads(blob(manifest["config"])); config["rootfs"]["diff_ids"] = [sha(b) for b in layers]
        config = dump(config)
        manifest["config"] = desc(config, manifest["config"]["mediaType"])
        manifest["layers"] = [desc(b, d["mediaType"]) for b, d in zip(layers, manifest["layers"])]
        m = dump(manifest)
        index = dump({"schemaVersion": 2, "manifests": [desc(m, "application/vnd.oci.image.manifest.v1+json")]})
        blobs = {"blobs/sha256/" + sha(b)[7:]: b for b in [m, config] + layers}
        open("bad.sbx", "wb").write(tar({"oci-layout": outer["oci-layout"], "index.json": index, **blobs}))
        """

    @Test("documents that lead out of the store, or are no documents of ours, are refused and nothing is kept")
    func documents() throws {
        let lab = try BundleLab()
        try lab.spec("cat a; echo out >/out/x")
        let made = try lab.run("\"$SBX\" exec shop.json >/dev/null; \"$SBX\" export last -o good.sbx")
        #expect(made.code == 0, "\(made)")
        try lab.here.write(Self.rebuild, to: "rebuild.py")
        let cases: [(change: String, word: String)] = [
            ("record['name'] = '../../x'; run(name='../../x')", "name"),
            ("record['name'] = 'last'; run(name='last')", "name"),
            ("run(id='../../../x')", "run.json"), ("run(id='0' * 31 + '/')", "run.json"),
            ("run(created='\\x1b[2J')", "run.json"),
            ("run(plan='sha256:' + '0' * 64)", "another plan"), ("run(name='other')", "another plan"),
            ("run(more=1)", "run.json"), ("record['plan'] = 'sha256:' + '0' * 64", "plan.json"),
            ("record['stages'] = record['stages'][:3]", "stages"), ("del record['run']", "stages"),
            ("put('env', 'env.json', {'schema': 'sbxpipe.env/v1', 'variables': []})", "plan.tar"),
            ("put('archive', 'plan.json', b'[]')", "plan.json"),
            ("put('materialize', 'bwrap.json', b'{}')", "bwrap.json"),
            ("put('launch', 'result.json', {'exitCode': 0})", "result.json"),
            ("put('collect', 'stdout', b'forged')", "stdout"),
            (
                "p = get('archive', 'plan.json'); p['layers'] = []; record['plan'] = put('archive', 'plan.json', p); run(plan=record['plan'])",
                "layers"
            ),
            (
                "p = get('archive', 'plan.json'); p['layers'][0]['size'] += 1; record['stages'][2]['files']['layer-0.tar']['size'] += 1; "
                    + "record['plan'] = put('archive', 'plan.json', p); run(plan=record['plan'])", "bytes"
            ),
            ("layers[0] = tar({'../../x': b'x'})", "its plan has"),
            ("record['stages'][4]['files']['../x'] = record['stages'][4]['files']['stdout']", "bundle.json"),
        ]
        for (change, word) in cases {
            let run = try lab.run(
                """
                \(BundleLab.listing) >before; python3 rebuild.py "$CHANGE"; "$SBX" import bad.sbx || test $? = 2
                for c in exec replay; do "$SBX" $c bad.sbx --allow host-mounts 2>/dev/null && exit 1 || test $? = 125; done
                \(BundleLab.listing) >after; cmp before after
                """,
                adding: ["CHANGE": change, "SBXPIPE_STORE": lab.here.home + "/new"]
            )
            #expect(run.code == 0 && run.output.isEmpty, "\(change): \(run)")
            let lines = run.errorLines.filter { $0.hasPrefix("sbxpipe: error: bad.sbx: ") }
            #expect(lines.count == 1 && lines.first?.contains(word) == true, "\(change): \(run)")
            #expect(run.errors.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
        }
        let unchanged = try lab.run(
            "python3 rebuild.py ''; \"$SBX\" import bad.sbx -q; \"$SBX\" cat last collect/stdout",
            adding: ["SBXPIPE_STORE": lab.here.home + "/new"]
        )
        #expect(unchanged.code == 0 && unchanged.text.hasSuffix("one\ntwo\n"), "\(unchanged)")
    }

    @Test("A full disk, or a store that can't be written, leaves no half of an import")
    func disk() throws {
        let lab = try BundleLab()
        try lab.spec("head -c 3000000 /dev/urandom; echo out >/out/x")
        let run = try lab.run(
            """
            "$SBX" exec shop.json >/dev/null; "$SBX" export last -o good.sbx; export SBXPIPE_STORE=$PWD/small; "$SBX" plan shop.json -q
            \(BundleLab.listing) >before; (ulimit -f 2000; "$SBX" import good.sbx) || echo $?
            \(BundleLab.listing) >after; cmp before after; "$SBX" import good.sbx; "$SBX" cache verify
            """
        )
        #expect(run.code == 0 && run.text.contains("\n2\nrun shop"), "\(run)")
        #expect(run.errorLines.count == 1 && run.errorText.contains("file too large"), "\(run)")
    }
}
