import HostFiles
import JSONText
import TestSupport
import Testing

/// `sbxpipe export --as runc DIR`: a folder that the runtimes take without sbxpipe.
@Suite(
    "Bundles for plain runc and crun",
    .tags(.large),
    .enabled(if: Requirements.has("runc"), "runc is not installed")
)
struct ExportTests {
    private static let path = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]

    /// The OCI runtime specification's own schema, in the folder beside the checkout.
    private static let schemaFile: String? = {
        let checkout = AbsolutePath.parent(AbsolutePath.parent(AbsolutePath.parent(AbsolutePath.parent(#filePath))))
        let path = AbsolutePath.parent(checkout) + "/shared/schemas/oci-runtime/config-schema.json"
        return ((try? FileStatus.of(path)) ?? nil) == nil ? nil : path
    }()

    /// Members beside a command: twenty ways to ask for something that shows in config.json.
    private static let specs = [
        "", #""preset": "restricted""#, #""preset": "privileged""#, #""network": "host""#, #""hostname": "box""#,
        #""init": false"#, #""namespaces": {"pid": false}"#, #""namespaces": {"ipc": false, "uts": false}"#,
        #""namespaces": {"user": true}"#, #""namespaces": {"cgroup": false}"#, #""devices": ["/dev/null"]"#,
        #""devices": "host""#, #""security": {"seccomp": "unconfined"}"#,
        #""security": {"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}, "noNewPrivileges": false}"#,
        #""security": {"maskedPaths": ["/proc/keys"], "readonlyPaths": []}"#,
        #""resources": {"rlimits": {"nofile": [64, 128], "core": 0}}"#,
        #""mounts": [{"bind": ".", "at": "/p", "mode": "rw"}, {"hide": "/etc/hostname"}, {"readonly": "/etc/hosts"}]"#,
        #""mounts": [{"tmpfs": "/t", "size": "1M", "perm": "0700"}, {"text": "x", "at": "/t/f"}], "workdir": "/t/w""#,
        #""mounts": [{"hide": "/proc/uptime"}], "env": {"set": {"A": "\u00fc"}}"#,
        #""root": {"host": "rw"}, "security": {"seccomp": {"file": "filter.json"}}"#,
        // An ordinary user's own id can't be had by runc.
    ].filter { Requirements.isRoot || !$0.contains("privileged") }

    private static let validator = """
        import json, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        resolver = jsonschema.RefResolver("file://" + sys.argv[1], schema)
        check = jsonschema.Draft7Validator(schema, resolver=resolver)
        for path in sys.argv[2:]:
            for error in check.iter_errors(json.load(open(path))): print(path, error.json_path, error.message)
        """

    @Test(
        "config.json of twenty specs, as planned and as exported, is what the specification's schema allows",
        .enabled(if: ExportTests.schemaFile != nil, "there is no ../shared/schemas beside this checkout")
    )
    func schema() throws {
        let space = try Workspace("export")
        try space.write(#"{"defaultAction": "SCMP_ACT_ALLOW"}"#, to: "filter.json")
        for (index, members) in Self.specs.enumerated() {
            let more = members.isEmpty ? "" : ", " + members
            try space.write(#"{"command": ["true"], "runtime": "runc"\#(more)}"#, to: "s\(index).json")
        }
        let count = Self.specs.count
        let script = """
            for n in $(seq 0 \(count - 1)); do
                "$0" export s$n.json --as runc out$n && "$0" cat s$n 3-materialize/config.json >planned$n.json || echo "no $n"
            done
            exec /usr/bin/python3 - '\(try #require(Self.schemaFile))' out*/config.json planned*.json
            """
        let run = try Program.run(
            ["/bin/sh", "-c", script, Tool.path],
            in: space.work,
            environment: space.environment.merging(Self.path) { _, new in new },
            stdin: Array(Self.validator.utf8)
        )
        #expect(run.code == 0 && run.output.isEmpty && run.errors.isEmpty, "\(run)")
        #expect(try Folder.names(space.work).count == 1 + 3 * count)
    }

    @Test("Plain runc, and crun where it is, run the folder and end as sbxpipe does", arguments: Requirements.users)
    func plain(user: UInt32?) throws {
        let space = try Workspace("export", user: user)
        try space.spec([
            "command": ["/bin/sh", "-c", "cat /t/f; pwd; id -u; grep ^NoNew /proc/self/status; echo err >&2; exit 9"],
            "workdir": "/t/w", "mounts": [["tmpfs": "/t"], ["text": "text\n", "at": "/t/f"]],
        ])
        let ours = try space.tool(["exec", "sandbox.json", "--runtime", "runc"], adding: Self.path)
        #expect(
            ours.code == 9 && ours.text == "text\n/t/w\n0\nNoNewPrivs:\t1\n" && ours.errorText == "err\n",
            "\(ours)"
        )
        let exported = try space.tool(["export", "sandbox.json", "--as", "runc", "out"], adding: Self.path)
        #expect(exported.code == 0 && exported.output.isEmpty && exported.errors.isEmpty, "\(exported)")
        func run(_ runtime: [String]) throws -> ToolRun {
            let words =
                runtime + [
                    "--root", space.folder("home/state"), "run", "--bundle", "out", "c\(space.folder.path.suffix(8))",
                ]
            return try Program.run(
                ["/usr/bin/env"] + words,
                in: space.work,
                environment: ["PATH": "/usr/sbin:/usr/bin:/bin:/sbin"],
                user: user
            )
        }
        let plain = try run(["runc"])
        #expect(plain.code == 9 && plain.text == ours.text && plain.errorText == "err\n", "\(plain)")
        if user == nil, Requirements.isRoot, Requirements.has("crun") {
            // crun takes a unified hierarchy alone.
            let unified = ["unshare", "-m", "sh", "-c", "mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\"", "sh"]
            let crun = try run(unified + ["crun", "--cgroup-manager=disabled"])
            #expect(crun.code == 9 && crun.text == ours.text && crun.errorText == "err\n", "\(crun)")
        }
    }

    @Test("What export can't do is said in one line, and nothing is written over")
    func refused() throws {
        let space = try Workspace("export")
        try space.spec(["command": ["true"]])
        try space.makeFolder("there")
        let cases: [(arguments: [String], code: Int32, text: String)] = [
            (["sandbox.json", "--as", "runc", "there"], 2, "there is there already"),
            (["sandbox.json", "--as", "tar", "out"], 64, "--as: there is no format \"tar\""),
            (["sandbox.json"], 64, "export takes -o FILE, or --as runc and a folder"),
            (["sandbox.json", "-o", "x.sbx"], 2, "sandbox.json is a spec"),
            (["sandbox.json", "--as", "runc", "out", "--runtime", "bwrap"], 64, "--runtime: a folder for runc"),
            (["sandbox.json", "--as", "runc", "no/out"], 2, "no/out"),
            (["none", "--as", "runc", "out"], 2, "none"),
        ]
        for (arguments, code, text) in cases {
            let run = try space.tool(["export"] + arguments, adding: Self.path)
            let first = run.errorLines.first ?? ""
            #expect(
                run.code == code && first.hasPrefix("sbxpipe: error: ") && first.contains(text),
                "\(arguments): \(run)"
            )
            #expect(run.errorLines.count <= 2 && run.output.isEmpty, "\(arguments): \(run)")
        }
        #expect(try Folder.names(space.work + "/there").isEmpty)
        #expect(try FileStatus.of(space.work + "/out") == nil)
    }
}
