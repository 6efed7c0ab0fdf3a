import HostFiles
import JSONText
import TestSupport
import Testing

/// The filter of system calls as a spec has it (SPEC.md, security.seccomp).
@Suite("Seccomp", .tags(.large), .needsBubblewrap)
struct SeccompTests {
    private static let state = "grep -h '^Seccomp' /proc/self/status | tr -dc '0-9 \\n'"

    @Test(
        "a preset that contains has the default filter, one that does not has none",
        arguments: Requirements.users,
        [("baseline", "21"), ("restricted", "21"), ("privileged", "00"), ("overlay", "00")]
    )
    func presets(user: UInt32?, preset: (name: String, state: String)) throws {
        let lab = try SafetyLab(user)
        let words = ["run", "--preset", preset.name, "--result", "r.json", "--", "/bin/sh", "-c", Self.state]
        let run = try lab.tool(words)
        #expect(run.code == 0 && run.text.filter(\.isNumber) == preset.state, "\(run)")
        let record = try JSONParser.parse(Array(try lab.folder.read("r.json").utf8))
        let entry = record["enforcement"]?.arrayValue?.first { $0["name"] == "security.seccomp" }
        #expect(entry?["answer"] == (preset.state == "21" ? "enforced" : nil), "\(record.pretty())")
    }

    @Test("what the default filter refuses fails, and says why", arguments: Requirements.users)
    func refused(user: UInt32?) throws {
        let script = """
            import ctypes, errno
            libc = ctypes.CDLL(None, use_errno=True)
            def call(number, *words):
                return 0 if libc.syscall(number, *words) >= 0 else ctypes.get_errno()
            # mount, keyctl, bpf, io_uring_setup, unshare of users, ptrace of PID 1, clone3, and none at all
            calls = [(165, 0, 0, 0, 0, 0), (250, 0, 0), (321, 0, 0, 0), (425, 1, 0), (272, 0x10000000), (101, 16, 1), (435, 0, 0), (999,)]
            print(*[errno.errorcode.get(call(*words), "0") for words in calls])
            """
        let run = try SafetyLab(user).tool(["run", "--", "/usr/bin/python3", "-c", script])
        #expect(run.text == "EPERM EPERM EPERM EPERM EPERM EPERM ENOSYS ENOSYS\n", "\(run)")
    }

    @Test("a profile from a file is the command's filter, and covers hold beside it", arguments: Requirements.users)
    func file(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let profile = """
            {"defaultAction": "SCMP_ACT_ALLOW",
             "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}
            """
        _ = try lab.folder.write(profile, to: "p.json")
        try lab.own()
        let script = "mkdir /tmp/x 2>&1 | grep -o denied; unshare -U true 2>&1 | grep -o permitted; " + Self.state
        try lab.spec(
            "{\"command\": [\"/bin/sh\", \"-c\", \"\(script.replacing("\\", with: "\\\\"))\"], "
                + "\"security\": {\"seccomp\": {\"file\": \"p.json\"}}}",
            to: "s.json"
        )
        let run = try lab.tool(["exec", "s.json"])
        #expect(run.text.split(separator: "\n") == ["denied", "permitted", "2", "2"], "\(run)")
        // It is part of the plan by what it means.
        let plan = try lab.tool(["plan", "s.json", "--json"]).json()["plan"]?.stringValue
        _ = try lab.folder.write(profile.replacing("\n", with: " "), to: "p.json")
        #expect(try lab.tool(["plan", "s.json", "--json"]).json()["plan"]?.stringValue == plan)
        _ = try lab.folder.write(profile.replacing("13", with: "1"), to: "p.json")
        #expect(try lab.tool(["plan", "s.json", "--json"]).json()["plan"]?.stringValue != plan)
    }

    @Test(
        "a profile that is none is an error of one line, and nothing runs",
        arguments: [
            ("rm -f p", "no such file"), ("mkdir p", "is a folder"), ("mkfifo p", "is a fifo"),
            ("truncate -s 1G p", "has 1073741824 bytes"), ("echo nonsense >p", "line 1"),
            ("echo '{}' >p", "defaultAction"),
            ("echo '{\"defaultAction\": \"SCMP_ACT_DANCE\"}' >p", "SCMP_ACT_DANCE"),
            (
                "echo '{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"dance\"], "
                    + "\"action\": \"SCMP_ACT_ERRNO\"}]}' >p", "dance"
            ),
            ("echo '{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"]}' >p", "flags"),
            ("echo '{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"archMap\": []}' >p", "docker"),
        ]
    )
    func badFiles(script: String, message: String) throws {
        let lab = try SafetyLab()
        _ = try lab.outside(script)
        let run = try lab.tool(["run", "--security-opt", "seccomp=p", "--", "/bin/echo", "RAN"])
        expectRefused(run, 125, "security.seccomp.file")
        #expect(run.errorText.lowercased().contains(message.lowercased()), "\(run)")
    }

    @Test("the compiled filter is remembered under the machine's key, anew when changed, and not for ever")
    func remembered() throws {
        let lab = try StoreLab()
        try lab.spec("a", runs: ["/bin/sh", "-c", Self.state])
        let run = try lab.script(
            """
            "$SBX" exec a.json >first; f=$(echo "$C"/actions/seccomp/*); [[ -f $f ]] || problem "not remembered: $f"
            chmod u+w "$f"; printf '{"program":[]}\\n{"hmac":"00"}\\n' >"$f"; "$SBX" exec a.json >second
            cmp first second || problem "$(cat second)"; (($(stat -c %s "$f") > 1000)) || problem "not made anew"
            touch -d '40 days ago' "$f"; "$SBX" cache gc >out || problem "$(cat out)"; [[ ! -e $f ]] || problem "kept by gc"
            """
        )
        expectSilent(run)
    }
}
