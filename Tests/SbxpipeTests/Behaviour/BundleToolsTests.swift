import HostFiles
import HostProcess
import JSONText
import TestSupport
import Testing

/// What other programs make of a bundle (issue 6, must show 2 and 3).
@Suite("Bundles and other tools", .tags(.large), .needsBubblewrap)
struct BundleToolsTests {
    private static func has(_ programs: String...) -> Bool { programs.allSatisfy { Requirements.has($0) } }

    private func lab() throws -> BundleLab {
        let lab = try BundleLab()
        try lab.spec("cat a d/*; echo $A; test -z \"$TOKEN\"; echo out >/out/x", more: ["name": "Shop_1.x"])
        let made = try lab.run(
            "\"$SBX\" exec shop.json; for c in none gzip; do \"$SBX\" export last -o $c.sbx --compress $c; done"
        )
        #expect(made.code == 0, "\(made)")
        return lab
    }

    @Test("GNU tar, libarchive and Python list the same, and the README's lines run it with tar and bubblewrap alone")
    func lines() throws {
        let lab = try lab()
        let found = try lab.run(
            """
            for f in none gzip; do
                tar -tf $f.sbx | sed 's|/$||' >1; python3 -c 'import sys, tarfile; print("\\n".join(tarfile.open(sys.argv[1]).getnames()))' $f.sbx >2
                cmp 1 2; ! command -v bsdtar >/dev/null || { bsdtar -tf $f.sbx | sed 's|/$||' | cmp 1; }
                mkdir $f; cd $f; tar -xf ../$f.sbx
                readme() { for b in blobs/sha256/*; do tar -xOf $b sbxpipe/README 2>/dev/null || true; done; }
                readme | sed -n 's/^    \\(tar -xf blobs.*\\)/\\1/p; s/^    \\(mkdir .*\\)/\\1/p; s/^    \\(bwrap .*\\)/\\1/p' >lines
                test $(wc -l <lines) = 3; bash -e lines; cd ..
            done
            """
        )
        #expect(found.code == 0 && found.text == "one\ntwo\néb c\none\ntwo\néb c\n", "\(found)")
        // GNU tar does not know that names are bytes, and takes them so.
        #expect(found.errorLines.allSatisfy { $0.contains("hdrcharset") }, "\(found)")
    }

    @Test(
        "skopeo copies it, umoci unpacks it, podman loads it",
        .enabled(if: has("skopeo", "umoci", "podman"), "skopeo, umoci or podman is not installed")
    )
    func images() throws {
        let lab = try lab()
        let found = try lab.run(
            """
            for f in none gzip; do
                skopeo --insecure-policy copy -q --preserve-digests oci-archive:$f.sbx oci:$f-layout:x
                cmp <(tar -xOf $f.sbx index.json | grep -o 'sha256:[0-9a-f]*') <(grep -o 'sha256:[0-9a-f]*' $f-layout/index.json)
                umoci unpack --rootless --image $f-layout:x $f-out >log 2>&1 || { cat log; exit 1; }
                cmp src/a $f-out/rootfs/src/a; cmp src/d/ünï $f-out/rootfs/src/d/ünï; ls $f-out/rootfs/sbxpipe | wc -l
                skopeo --insecure-policy copy -q --preserve-digests oci:$f-layout:x oci-archive:back.sbx
                "$SBX" import back.sbx --store st-$f; "$SBX" export last -o again.sbx --store st-$f; cmp again.sbx none.sbx
            done
            """,
            adding: ["TMPDIR": lab.here.work]
        )
        #expect(found.code == 0, "\(found)")
        #expect(found.text.split(separator: "\n").count { $0 == "7" } == 2, "\(found)")
        // An ordinary user's podman needs subordinate ids.
        guard Requirements.isRoot else { return }
        let loaded = try lab.run(
            """
            P="podman --root $PWD/pr --runroot $PWD/prr --storage-driver vfs"; trap '$P rmi -af >/dev/null 2>&1 || true' EXIT
            for f in none gzip; do $P load -q -i $f.sbx; done
            $P inspect localhost/sbxpipe/shop-1-x:$("$SBX" inspect last --json | sed -n 's/^  "digest": "sha256:\\(........\\).*/\\1/p') \
                --format '{{.Config.Cmd}} {{.Config.WorkingDir}} {{.Config.Env}} {{.Architecture}}'
            """,
            adding: ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]
        )
        #expect(loaded.code == 0 && loaded.text.contains("/src [A=b c PWD=/src"), "\(loaded)")
    }

    @Test(
        "push and pull bring it to a registry and back, its digest the same",
        .enabled(if: has("skopeo", "docker-registry"), "skopeo or docker-registry is not installed")
    )
    func registry() throws {
        let lab = try lab()
        for space in [lab.here, lab.there] {
            try space.folder.folder("home/.config/containers")
            try space.folder.write(
                #"{"default": [{"type": "insecureAcceptAnything"}]}"#,
                to: "home/.config/containers/policy.json"
            )
            try space.giveAway()
        }
        let start = """
            port=$((20000 + $$ % 20000))
            cat >reg.yml <<END
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: $PWD/reg}}
            http: {addr: 127.0.0.1:$port}
            END
            docker-registry serve reg.yml >reg.log 2>&1 & registry=$!; trap 'kill $registry; wait $registry || true' EXIT
            for i in $(seq 100); do ! (: </dev/tcp/127.0.0.1/$port) 2>/dev/null || break; sleep 0.1; done
            mkdir -p "$HOME/.config/containers"; echo '{}' >auth.json; export REGISTRY_AUTH_FILE=$PWD/auth.json
            printf '[[registry]]\\nlocation = "127.0.0.1:%s"\\ninsecure = true\\n' $port >"$HOME/.config/containers/registries.conf"
            """
        let found = try lab.run(
            start + """

                for c in none gzip; do
                    "$SBX" push last 127.0.0.1:$port/t/$c:1 --compress $c; "$SBX" export last -o $c.sbx --compress $c
                    skopeo inspect --raw docker://127.0.0.1:$port/t/$c:1 | sha256sum | cut -c1-64 >1
                    tar -xOf $c.sbx index.json | grep -o 'sha256:[0-9a-f]*' | cut -c8- | cmp 1
                    "$SBX" pull 127.0.0.1:$port/t/$c:1 --store st-$c; "$SBX" export last -o back.sbx --store st-$c; cmp back.sbx none.sbx
                done
                "$SBX" pull 127.0.0.1:$port/t/none:2 || echo $?; "$SBX" push last '--x' || echo $?
                "$SBX" push last docker://x/y || echo $?; ls "$SBXPIPE_STORE/cache/tmp" | wc -l
                """
        )
        #expect(found.code == 0 && found.text.hasSuffix("\n2\n64\n2\n0\n"), "\(found)")
        #expect(found.errorLines.count { $0.hasPrefix("sbxpipe: error: ") } == 3, "\(found)")
        let missing = try lab.here.tool(["push", "last", "x/y:1"], adding: ["PATH": "/none"])
        expectRefused(missing, 2, "skopeo")
    }
}
