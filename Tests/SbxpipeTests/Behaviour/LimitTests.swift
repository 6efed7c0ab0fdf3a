import HostFiles
import HostProcess
import JSONText
import TestSupport
import Testing

/// Bounds of the command under bubblewrap (SPEC.md, resources).
@Suite("Limits", .tags(.large), .needsBubblewrap)
struct LimitTests {
    static let canMakeGroups = ControlGroupPlaces.current().places.count == 3

    private func run(_ user: UInt32?, _ words: [String]) throws -> (run: ToolRun, record: JSONValue) {
        let lab = try SafetyLab(user)
        let run = try lab.tool(["run", "--result", "result.json"] + words)
        return (run, try JSONParser.parse(Array(try lab.folder.read("result.json").utf8)))
    }

    @Test("setrlimit's are the command's, and not the launcher's", arguments: Requirements.users)
    func processLimits(user: UInt32?) throws {
        let words = ["--ulimit", "nofile=5:7", "--ulimit", "fsize=4096", "--ulimit", "core=0", "--"]
        let (run, record) = try self.run(
            user,
            words + ["/bin/bash", "-c", "ulimit -Sn; ulimit -Hn; ulimit -f; ulimit -c"]
        )
        #expect(run.code == 0 && run.text == "5\n7\n4\n0\n", "\(run)")
        let entry = record["enforcement"]?.arrayValue?.first { $0["name"] == "resources.rlimits" }
        #expect(entry?["answer"] == "enforced" && entry?["asked"]?["nofile"] == [5, 7], "\(record.pretty())")
    }

    @Test("so few descriptors that no launcher could work with them are no problem", arguments: Requirements.users)
    func fewDescriptors(user: UInt32?) throws {
        let script = "echo fine; exec 3</dev/null"
        let (run, _) = try self.run(user, ["--ulimit", "nofile=4", "--", "/bin/sh", "-c", script])
        #expect(run.text == "fine\n", "\(run)")
        #expect(try self.run(user, ["--ulimit", "nofile=3", "--", "/bin/true"]).run.code == 127)
    }

    @Test("nproc counts the command's processes alone, and binds no root")
    func processes() throws {
        let script = "for n in 1 2 3 4; do sleep 9 & done 2>/dev/null; jobs -p | wc -l; kill $(jobs -p)"
        let ordinary = Requirements.users.last ?? nil
        let (run, _) = try self.run(ordinary, ["--ulimit", "nproc=64", "--", "/bin/bash", "-c", script])
        #expect(run.text == "4\n", "\(run)")
        let one = ["--ulimit", "nproc=1", "--", "/bin/sh", "-c", "(echo child) 2>/dev/null; echo end"]
        let (alone, _) = try self.run(ordinary, one)
        #expect(!alone.text.contains("child"), "\(alone)")
        guard Requirements.isRoot else { return }
        let (refused, record) = try self.run(nil, one)
        expectRefused(refused, 125, "resources.rlimits.nproc", "holds root to no nproc", "resources.pids")
        #expect(record["failure"]?["domain"] == "sbxpipe")
        let degraded = try self.run(nil, ["--allow-degraded", "resources.rlimits"] + one)
        #expect(degraded.run.code == 0 && degraded.run.text.contains("child"), "\(degraded.run)")
        #expect(
            degraded.record["enforcement"]?.arrayValue?.contains {
                $0["name"] == "resources.rlimits" && $0["answer"] == "missing"
            } == true
        )
    }

    @Test("a limit above the caller's hard one is refused before anything runs")
    func aboveHard() throws {
        let ordinary = Requirements.users.last ?? nil
        let (run, _) = try self.run(ordinary, ["--ulimit", "nofile=2000000000", "--", "/bin/echo", "RAN"])
        expectRefused(run, 125, "resources.rlimits.nofile", "above the caller's hard limit")
        #expect(!run.text.contains("RAN"))
    }

    @Test(
        "memory that runs out ends what took it, and the record says so",
        .enabled(if: Self.canMakeGroups, "no cgroups")
    )
    func memory() throws {
        let grow = "import sys; x = bytearray(400 << 20); print(len(x))"
        let (run, record) = try self.run(nil, ["--memory", "32M", "--", "/usr/bin/python3", "-c", grow])
        #expect(run.code == 137 && run.text.isEmpty, "\(run)")
        #expect(record["reason"] == "memory" && record["failure"]?["domain"] == "limit", "\(record.pretty())")
        try expectGone(record)
        let plain = try self.run(nil, ["--memory", "800M", "--", "/usr/bin/python3", "-c", grow])
        #expect(plain.run.text == "\(400 << 20)\n" && plain.record["reason"] == "exited", "\(plain.run)")
        // Too little for anything to start.
        let tiny = try self.run(nil, ["--memory", "4K", "--", "/bin/true"])
        #expect(tiny.run.code == 137 && tiny.record["reason"] == "memory", "\(tiny.run)")
        // A command that is ended by others is not out of memory.
        let killed = try self.run(nil, ["--memory", "32M", "--", "/bin/sh", "-c", "kill -9 $$"])
        #expect(killed.run.code == 137 && killed.record["reason"] != "memory")
    }

    @Test("a fork bomb is contained", .enabled(if: Self.canMakeGroups, "no cgroups"))
    func forkBomb() throws {
        let script = """
            import os, time
            made = 0
            for n in range(200):
                try:
                    if os.fork() == 0: time.sleep(9); os._exit(0)
                    made += 1
                except BlockingIOError: pass
            print(made, flush=True); os._exit(3)
            """
        let (run, record) = try self.run(nil, ["--pids-limit", "16", "--", "/usr/bin/python3", "-c", script])
        #expect(run.code == 3 && run.text == "15\n", "\(run)")
        try expectGone(record)
    }

    @Test("processor time is what the cgroup says", .enabled(if: Self.canMakeGroups, "no cgroups"))
    func processors() throws {
        let script = """
            cd /sys/fs/cgroup; v1=cpu$(sed -n 's/^[0-9]*:cpu\\(,[^:]*\\)*://p' /proc/self/cgroup)
            v2=$(sed -n 's/^0:://p' /proc/self/cgroup); cat $v1/cpu.cfs_quota_us .$v2/cpu.max 2>/dev/null | cut -d' ' -f1
            """
        let words = ["--cpus", "0.25", "--set", "namespaces.cgroup=false", "--", "/bin/sh", "-c", script]
        let (run, record) = try self.run(nil, words)
        #expect(run.text == "25000\n", "\(run)")
        try expectGone(record)
    }

    @Test("who can make no cgroup is told so before the run", .enabled(if: Requirements.isRoot, "needs root"))
    func noDelegation() throws {
        let words = ["--memory", "64M", "--", "/bin/echo", "RAN"]
        let (run, _) = try self.run(4321, words)
        expectRefused(run, 125, "resources.memory", "can make no cgroup", "--allow-degraded resources.memory")
        let (degraded, record) = try self.run(4321, ["--allow-degraded", "resources.memory"] + words)
        #expect(degraded.code == 0 && degraded.text == "RAN\n", "\(degraded)")
        #expect(record["slots"]?.arrayValue?.contains { $0["name"] == "cgroup" } == false)
    }

    @Test("the cgroup of a killed tool is removed by the next start", .enabled(if: Self.canMakeGroups, "no cgroups"))
    func leftover() throws {
        let lab = try StoreLab()
        let run = try lab.script(
            """
            "$SBX" run --name a --pids-limit 9 -- /bin/sh -c 'echo UP; sleep 20' >out & wait_until 'grep -q UP out'
            wait_until 'grep -q controlGroup "$C"/leases/*'
            g=$(grep -oh '"/[^"]*sbxpipe-[0-9a-f]*"' "$C"/leases/* | tr -d '"'); [[ -d $g ]] || problem "no cgroup: $g"
            kill -9 $!; wait $!
            "$SBX" ls >out 2>&1; "$SBX" run -- /bin/true 2>err; grep -q 'was cut off' err || problem "$(cat err)"
            [[ ! -e $g ]] || problem "left: $g"
            """
        )
        expectSilent(run)
    }

    @Test("direct sets none, and says so")
    func direct() throws {
        let (run, _) = try self.run(
            nil,
            ["--runtime", "direct", "--preset", "overlay", "--ulimit", "nofile=9", "--", "/bin/true"]
        )
        expectRefused(run, 125, "resources.rlimits", "not enforced by runtime \"direct\"")
    }

    private func expectGone(_ record: JSONValue) throws {
        let slot = record["slots"]?.arrayValue?.first { $0["name"] == "cgroup" }
        let folders = (slot?["value"]?.arrayValue ?? []).compactMap(\.stringValue)
        #expect(!folders.isEmpty)
        let left = try folders.filter { try FileStatus.of($0) != nil }
        #expect(left.isEmpty)
    }
}
