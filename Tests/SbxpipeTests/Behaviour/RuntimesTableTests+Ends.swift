import HostFiles
import JSONText
import TestSupport
import Testing

extension RuntimesTableTests {
    @Test("Signals for the tool, and stop, reach the command", arguments: RuntimeColumn.every)
    func forwarding(column: RuntimeColumn) throws {
        let run = try RuntimeLab.of(column).script(
            """
            started a -- /bin/sh -c "trap 'echo USR1' USR1; trap 'echo TERM' TERM; $UP"
            kill -USR1 $run; wait_until 'grep -q USR1 a.out' || problem "no USR1"
            kill -TERM $run; wait_until 'grep -q TERM a.out' || problem "no TERM"
            kill -TERM $run; ended 143; grep -q '"signal": 9' result.json || problem "$(cat result.json)"
            nothing_left "a second TERM"
            started b -- /bin/sh -c "trap 'echo INT' INT; trap 'echo BYE; exit 7' TERM; $UP"
            kill -INT $run; wait_until 'grep -q INT b.out' || problem "no INT"
            "$SBX" stop b >out 2>err || problem "stop: $(cat out err)"
            ended 7; [[ $(cat b.out) == $'UP\\nINT\\nBYE' ]] || problem "$(cat b.out)"
            nothing_left stop
            \(column.runtime == "direct" || column.user != nil ? "exit" : "")
            # Without a reaper the command is itself the sandbox's first process.
            started c --no-init -- /bin/sh -c "trap 'exit 8' TERM; $UP"; "$SBX" stop c; ended 8
            """
        )
        expectSilent(run)
    }

    @Test("Nothing is left of a command that failed, nor of a tool that was killed", arguments: RuntimeColumn.sandboxes)
    func leftovers(column: RuntimeColumn) throws {
        let run = try RuntimeLab.of(column).script(
            """
            sbx run -- /bin/sh -c "(setsid sleep $MARK >/dev/null 2>&1 &); (sleep $MARK &); exit 3" >out 2>err
            [[ $? == 3 && ! -s out && ! -s err ]] || problem "exit 3: $(cat out err)"; nothing_left failure
            started c -- /bin/sh -c "(setsid sleep $MARK >/dev/null 2>&1 &); $UP"
            # Its record comes too late for the container's name, which is that of the state's folder.
            ls -d "$C"/tmp/*/state/* | sed 's,.*/,,' >container
            kill -9 $run; wait $run
            sbx run -- /bin/true >out 2>err || problem "the next start: $(cat out err)"
            grep -q "of c, started .* was cut off" err || problem "it says: $(cat err)"
            cat container >>result.json; nothing_left "a killed tool"
            "$SBX" cache verify >out 2>err || problem "verify: $(cat out err)"
            """
        )
        expectSilent(run)
    }

    @Test(
        "A launcher that fails after it began is said as such, and nothing is left",
        .needsCompiler,
        arguments: RuntimeColumn.sandboxes.filter { !$0.isGVisor }
    )
    func failingLauncher(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]
        let real = folders.map { "\($0)/\(column.runtime)" }.first { FileMode.mayExecute($0) }
        let place = lab.space.work + "/launcher"
        try Compiler.build(Self.launcher, to: place, flags: ["-DREAL=\"\(real ?? "")\""])
        try lab.space.giveAway()
        let variable = "SBXPIPE_" + column.runtime.uppercased()
        let run = try lab.script(
            """
            sbx run -- /bin/sh -c "sleep 0.3; sleep $MARK" >out 2>err
            [[ $? == 125 && ! -s out ]] || problem "code $?: $(cat out err)"
            [[ $(cat err) == "sbxpipe: error: "*planted* && $(grep -c . err) == 1 ]] || problem "$(cat err)"
            grep -q '"domain": "launcher"' result.json || problem "$(cat result.json)"
            nothing_left "a failed launcher"
            """,
            adding: [variable: place]
        )
        expectSilent(run)
    }

    /// Lets the real one begin, and then fails.
    private static let launcher = """
        #include <stdio.h>
        #include <string.h>
        #include <sys/wait.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            int starts = 0;
            for (int i = 1; i < argc; i++) starts |= !strcmp(argv[i], "--pid-file") || !strcmp(argv[i], "--args");
            if (starts && strstr(REAL, "bwrap")) { fprintf(stderr, "bwrap: planted\\n"); return 42; }
            if (starts && fork()) { wait(NULL); fprintf(stderr, "planted\\n"); return 42; }
            execv(REAL, argv);
            return 9;
        }
        """

    /// What of privileges, namespaces and network the command has.
    private static let rights = """
        id -u; grep -E '^(NoNewPrivs|CapEff)' /proc/self/status; cat /proc/1/comm
        tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | sort; hostname; echo first $(($$ == 1))
        """

    private var host: (first: String, links: String, name: String) {
        get throws {
            let words = try Program.run(
                ["/bin/sh", "-c", Self.rights],
                in: "/",
                environment: ["PATH": "/usr/bin:/bin"]
            )
            let lines = words.text.split(separator: "\n").map(String.init)
            return (lines[3], lines[4..<(lines.count - 2)].joined(separator: "\n"), lines[lines.count - 2])
        }
    }

    @Test("What is taken back: no new privileges, the PID namespace, the network", arguments: RuntimeColumn.sandboxes)
    func takenBack(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let capabilities: JSONValue = ["drop": ["ALL"], "add": ["CHOWN", "CAP_SETUID"]]
        var spec: [String: JSONValue] = [
            "command": ["/bin/sh", "-c", .string(Self.rights)], "network": "host", "namespaces": ["pid": false],
            "security": ["capabilities": capabilities, "noNewPrivileges": false],
        ]
        var first = try host.first
        var promise = "NoNewPrivs:\t0\n"
        if column.runtime == "bwrap" {
            let (run, _) = try lab.exec(.object(spec))
            expectRefused(run, 125, "security.noNewPrivileges", "bwrap")
            spec["security"] = ["capabilities": capabilities]
            promise = "NoNewPrivs:\t1\n"
        }
        if column.isGVisor {
            let (run, _) = try lab.exec(.object(spec))
            expectRefused(run, 125, "namespaces.pid", "runsc")
            spec["namespaces"] = nil
            (first, promise) = (".sbxpipe-init", "")
        }
        let (run, record) = try lab.exec(.object(spec))
        #expect(
            run.text == "0\nCapEff:\t0000000000000081\n\(promise)\(first)\n\(try host.links)\nsandbox\nfirst 0\n",
            "\(run)"
        )
        #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
        #expect(record?["survivors"] == 0)
    }

    @Test("The preset restricted, without a reaper", arguments: RuntimeColumn.sandboxes)
    func restricted(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let maps = column.isGVisor ? "" : "; read -r inside outside count </proc/self/uid_map; echo $inside $count"
        let flags = ["--preset", "restricted", "--no-init", "--set", "env.inherit=[\"PATH\"]"]
        let (run, record) = try lab.shell(Self.rights + maps + "; echo home $HOME >&2", flags)
        let seen = column.isGVisor ? ("", "") : ("NoNewPrivs:\t1\n", "0 1\n")
        #expect(
            run.text == "0\nCapEff:\t0000000000000000\n\(seen.0)sh\nlo\nsandbox\nfirst 1\n\(seen.1)",
            "\(run)"
        )
        #expect(run.code == 0)
        withKnownIssue("They set HOME from the passwd file where the environment has none.") {
            #expect(run.errorText == "home\n")
        } when: {
            column.isContainer
        }
        #expect(record?["survivors"] == 0)
    }

    @Test("The preset privileged, or why it can't be", arguments: RuntimeColumn.sandboxes)
    func privileged(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let (run, record) = try lab.shell(Self.rights + "; echo x >/dev/null", ["--preset", "privileged"])
        if column.isGVisor { return expectRefused(run, 125, "devices", "runsc") }
        if column.runtime == "runc", column.isOrdinary { return expectRefused(run, 125, "user", "runc") }
        let status = try lab.start(["/bin/grep", "^CapEff", "/proc/self/status"]).text
        let promise = column.runtime == "bwrap" ? 1 : 0
        let host = try host
        let user = column.user ?? HostIdentity.current().user
        #expect(
            run.text
                == "\(user)\n\(status)NoNewPrivs:\t\(promise)\n\(host.first)\n\(host.links)\n\(host.name)\nfirst 0\n",
            "\(run)"
        )
        #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
        #expect(record?["survivors"] == 0)
    }
}
