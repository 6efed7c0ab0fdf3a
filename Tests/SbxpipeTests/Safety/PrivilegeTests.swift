import HostFiles
import TestSupport
import Testing

/// Capabilities, namespaces, ids and kernel files as SPEC.md's presets say.
@Suite(.enabled(if: Requirements.has("bwrap")))
struct PrivilegeTests {
    /// KILL, SETPCAP and NET_BIND_SERVICE: bits 5, 8 and 10 (capability.h).
    private static let baseline: UInt64 = 1 << 5 | 1 << 8 | 1 << 10

    /// The fields of /proc/self/status of a command, by name.
    private func status(_ lab: SafetyLab, _ flags: [String]) throws -> [String: String] {
        let run = try lab.tool(["run"] + flags + ["--", "cat", "/proc/self/status"])
        #expect(run.code == 0, "\(run)")
        return Self.fields(run.text)
    }

    private static func fields(_ text: String) -> [String: String] {
        let pairs = text.split(separator: "\n").map { $0.split(separator: ":", maxSplits: 1).map(String.init) }
        return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], String($0[1].drop { $0.isWhitespace })) }) { $1 }
    }

    private func capabilities(_ fields: [String: String]) -> [UInt64?] {
        ["CapInh", "CapPrm", "CapEff", "CapAmb"].map { fields[$0].flatMap { UInt64($0, radix: 16) } }
    }

    @Test("baseline leaves three capabilities, restricted none, and neither gains any", arguments: Requirements.users)
    func contained(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        for (flags, expected) in [
            ([], Self.baseline), (["--preset", "restricted"], 0), (["--cap-drop", "ALL"], 0),
            (["--cap-drop", "CAP_KILL"], Self.baseline & ~(1 << 5)),
            (["--cap-drop", "ALL", "--cap-add", "KILL"], 1 << 5),
        ] {
            let fields = try status(lab, flags)
            #expect(capabilities(fields) == [expected, expected, expected, expected], "\(flags) \(fields)")
            #expect(fields["NoNewPrivs"] == "1")
            #expect(fields["Groups"]?.allSatisfy(\.isWhitespace) == true, "\(fields)")
        }
    }

    @Test("privileged and overlay keep the caller's capabilities and no more", arguments: Requirements.users)
    func open(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let own = Self.fields(try lab.outside("cat /proc/self/status").text)
        for preset in ["privileged", "overlay"] {
            let fields = try status(lab, ["--preset", preset])
            #expect(fields["CapEff"] == own["CapEff"] && fields["CapPrm"] == own["CapPrm"], "\(preset) \(fields)")
            #expect(fields["NoNewPrivs"] == "1")
            let dropped = try lab.inside("cat /proc/self/status", ["--preset", preset, "--cap-drop", "ALL"])
            let isRefused = dropped.code == 125
            #expect(isRefused || Self.fields(dropped.text)["CapEff"] == "0000000000000000", "\(preset)")
        }
    }

    @Test(
        "a namespace asked for under overlay is there, or refused",
        arguments: Requirements.users,
        ["pid", "ipc", "cgroup"]
    )
    func overlayNamespaces(user: UInt32?, name: String) throws {
        let lab = try SafetyLab(user)
        let script = "readlink /proc/self/ns/\(name)"
        let host = try lab.outside(script).text
        let run = try lab.inside(script, ["--preset", "overlay", "--set", "namespaces.\(name)=true"])
        #expect(run.code == 125 || run.text != host, "\(run)")
    }

    @Test("supplementary groups are cleared as root", .enabled(if: Requirements.isRoot))
    func groups() throws {
        let lab = try SafetyLab()
        for preset in ["baseline", "restricted", "privileged", "overlay"] {
            let words = ["/usr/bin/setpriv", "--groups", "4,24,999", "--", Tool.path, "run", "--preset", preset]
            let run = try Program.run(words + ["--", "id", "-G"], in: lab.folder.path, environment: lab.environment)
            #expect(run.text == "0\n" && run.code == 0, "\(preset) \(run)")
        }
    }

    @Test("restricted is refused for a user who can't drop groups", .enabled(if: Requirements.isRoot))
    func refusedGroups() throws {
        let lab = try SafetyLab(4321)
        let words = [
            "/usr/bin/setpriv", "--reuid", "4321", "--regid", "4321", "--groups", "4,24", "--inh-caps=-all", "--",
        ]
        let run = try Program.run(
            words + [Tool.path, "run", "--preset", "restricted", "--", "true"],
            in: lab.folder.path,
            environment: lab.environment
        )
        expectRefused(run, 125, "preset", "groups")
    }

    @Test(
        "namespaces are the sandbox's own under baseline, and the caller's but mount's under overlay",
        arguments: Requirements.users
    )
    func namespaces(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let script = "cd /proc/self/ns; for n in cgroup ipc mnt net pid user uts time; do readlink $n; done"
        func links(_ run: ToolRun) -> [Substring] { run.text.split(separator: "\n") }
        let host = links(try lab.outside(script))
        let baseline = links(try lab.inside(script))
        let restricted = links(try lab.inside(script, ["--preset", "restricted"]))
        try #require(host.count == 8 && baseline.count == 8 && restricted.count == 8)
        for (index, name) in ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts", "time"].enumerated() {
            let isKept = name == "time" || (name == "user" && user == nil && Requirements.isRoot)
            #expect((host[index] == baseline[index]) == isKept, "\(name)")
            #expect((host[index] == restricted[index]) == (name == "time"), "\(name)")
        }
        for preset in ["privileged", "overlay"] {
            let run = links(try lab.inside(script, ["--preset", preset]))
            try #require(run.count == 8)
            for (index, name) in ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts", "time"].enumerated() {
                // An ordinary user's launcher needs a user namespace (SPEC.md, user).
                let isOwn = name == "mnt" || (name == "user" && (user != nil || !Requirements.isRoot))
                #expect((host[index] != run[index]) == isOwn, "\(preset) \(name)")
            }
        }
    }

    @Test("network none has a loopback that works and reaches no listener of the host", arguments: Requirements.users)
    func network(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.write(
            """
            import socket, subprocess, sys, threading
            s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(9); port = str(s.getsockname()[1])
            a = socket.socket(socket.AF_UNIX); a.bind("\\0sbx-test-" + port); a.listen(9)
            def answer(t):
                while True: t.accept()[0].send(b"x")
            for t in (s, a): threading.Thread(target=answer, args=(t,), daemon=True).start()
            for network in ("none", "host"):
                flags = ["--network", network, "-v", sys.argv[2] + ":/c.py:ro"]
                subprocess.call([sys.argv[1], "run"] + flags + ["--", "python3", "/c.py", port])
            """,
            to: "listen.py"
        )
        try lab.folder.write(
            """
            import socket, sys
            def attempt(family, address):
                try: s = socket.socket(family); s.settimeout(9); s.connect(address); return "reached"
                except OSError: return "no"
            own = socket.socket(); own.bind(("127.0.0.1", 0)); own.listen(1)
            print(attempt(socket.AF_INET, ("127.0.0.1", int(sys.argv[1]))),
                attempt(socket.AF_UNIX, "\\0sbx-test-" + sys.argv[1]),
                attempt(socket.AF_INET, own.getsockname()), len(socket.if_nameindex()), flush=True)
            """,
            to: "c.py"
        )
        try lab.own()
        let run = try Program.run(
            ["/usr/bin/python3", "listen.py", Tool.path, lab.folder("c.py")],
            in: lab.folder.path,
            environment: lab.environment,
            user: user
        )
        let lines = run.text.split(separator: "\n")
        try #require(lines.count == 2, "\(run)")
        #expect(lines[0].hasPrefix("no no reached"), "\(run)")
        #expect(lines[1].hasPrefix("reached reached reached"), "\(run)")
    }

    @Test("kernel files are masked or read-only, devices few, the host has another name", arguments: Requirements.users)
    func kernelFiles(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let run = try lab.inside(
            """
            for f in /proc/acpi /proc/asound /proc/scsi /sys/firmware /sys/devices/virtual/powercap; do ls -A $f; done
            for f in interrupts kcore keys latency_stats timer_list timer_stats sched_debug; do head -c 1 /proc/$f; done
            for f in /proc/sys/kernel/hostname /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches \
            /proc/sysrq-trigger /proc/irq/default_smp_affinity /proc/bus/x /proc/fs/x /sys/kernel/mm/ksm/run \
            /sys/fs/cgroup/x
            do echo 1 > $f && echo WROTE $f; done
            find /dev -type b; hostname; ls /dev | tr '\\n' ' '
            """
        )
        let devices = "core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero "
        #expect(run.text == "sandbox\n" + devices, "\(run)")
    }

    @Test("privileged and overlay have the host's name, devices and kernel files", arguments: Requirements.users)
    func hostFiles(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let script = "hostname; ls /dev | head -5; readlink /proc/self/ns/pid; id -u"
        let host = try lab.outside(script).text
        for preset in ["privileged", "overlay"] {
            let run = try lab.inside(script, ["--preset", preset])
            #expect(run.text == host, "\(preset) \(run)")
        }
    }

    @Test("the inner id is 0, maps to the caller alone and bears the caller's name", arguments: Requirements.users)
    func ids(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let name = try lab.outside("getent passwd $(id -u) || id -u").text.prefix { $0 != ":" }
        for preset in ["baseline", "restricted"] {
            let run = try lab.inside(
                "id -u; id -g; whoami; cat /proc/self/uid_map /proc/self/gid_map",
                ["--preset", preset]
            )
            let lines = run.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            try #require(lines.count == 5, "\(run)")
            #expect(lines[0...2] == ["0", "0", name.filter { $0 != "\n" }], "\(run)")
            let isMapped = preset == "restricted" || user != nil || !Requirements.isRoot
            let caller = user ?? HostIdentity.current().user
            #expect(lines[3] == (isMapped ? "0 \(caller) 1" : "0 0 4294967295"), "\(run)")
            #expect(lines[4] == lines[3] || user == nil, "\(run)")
        }
    }

    @Test("the caller's descriptors and environment are not to be seen inside", arguments: Requirements.users)
    func leftovers(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let words = """
            import os, subprocess, sys
            for n in (7, 63, 200): os.dup2(os.open("/etc/passwd", os.O_RDONLY), n)
            subprocess.call(sys.argv[1:], close_fds=False)
            """
        let script =
            "ls /proc/self/fd; readlink /proc/1/fd/*; cat /proc/*/environ | tr '\\0' '\\n'; "
            + "cat /proc/*/cmdline | tr '\\0' ' '"
        var variables = lab.environment
        variables["CANARY"] = "TOPSECRET"
        variables["LD_CANARY"] = "TOPSECRET"
        let run = try Program.run(
            ["/usr/bin/python3", "-c", words, Tool.path, "run", "--", "/bin/sh", "-c", script],
            in: lab.folder.path,
            environment: variables,
            user: user
        )
        let lines = Set(run.text.split(separator: "\n"))
        #expect(lines.contains("0") && lines.isDisjoint(with: ["7", "63", "200", "/etc/passwd"]), "\(run)")
        expectUnseen("TOPSECRET", run)
        expectUnseen("CANARY", run)
        #expect(run.text.contains("HOME="), "\(run)")
    }
}
