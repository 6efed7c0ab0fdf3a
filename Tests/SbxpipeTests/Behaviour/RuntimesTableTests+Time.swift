import HostFiles
import TestSupport
import Testing

/// A run ends within timeout, grace and two seconds, whatever the command does (SAFETY.md, promise 6).
extension RuntimesTableTests {
    /// `H` is the hostile program; `late NAME WORDS...` runs it for two seconds and one of grace.
    ///
    /// It says what of the end is not as it should be. On a busy machine a start may take as long as that and is ended by the
    /// limit, rightly: then the command has shown nothing, and gets more time.
    ///
    /// `quick FILE LIMIT` looks at the seconds that a launch took by its record: planning before it, on a busy machine, is no
    /// part of the promise.
    private static let functions = #"""
        H=$PWD/bin/hostile
        quick() { awk -F'[:,]' -v most=$(($2 + 3)) '/"wall"/ { exit !($2 < most) }' $1 || problem "$1: $(grep wall $1)"; }
        late() {
            local name=$1 limit code; shift
            for limit in 2 6 18; do
                timeout -s KILL 60 "$SBX" run $FLAGS $BIND --result $name.json --timeout ${limit}s --kill-after 1s \
                    -- $H "$@" up stay $MARK >$name.out 2>$name.err
                code=$?; echo $limit >$name.limit
                grep -q 'its command had not come to run' $name.err || break
            done
            [[ $code == 124 && $(cat $name.out) == UP ]] || problem "$name: $code: $(cat $name.out $name.err)"
            grep -q '"reason": "timeout"' $name.json || problem "$name: $(grep reason $name.json)"
            grep -q "^sbxpipe: error: not over after ${limit}s: " $name.err || problem "$name: $(cat $name.err)"
        }

        """#

    private func lab(_ column: RuntimeColumn) throws -> (RuntimeLab, [String: String]) {
        let lab = try RuntimeLab.of(column)
        try lab.space.makeFolder("bin")
        try Hostile.build(to: lab.space.work + "/bin/hostile")
        try lab.space.giveAway()
        let place = lab.space.work + "/bin"
        // With the right to trace its PID 1 a command can stop it.
        let bind = column.runtime == "direct" ? "" : "-v \(place):\(place):ro --cap-add SYS_PTRACE"
        return (lab, ["BIND": bind])
    }

    @Test(
        "Whatever a command does against its end, the time limit ends it and all that it started",
        .needsCompiler,
        arguments: RuntimeColumn.every
    )
    func timeLimit(column: RuntimeColumn) throws {
        let (lab, variables) = try lab(column)
        let all = column.runtime == "direct" ? "ignore fork hold stop" : "ignore fork hold stop trace"
        let run = try lab.script(
            Self.functions + """
                late together \(all)
                quick together.json $(cat together.limit)
                for mode in \(all); do late $mode $mode & done; wait
                cat *.json >result.json; nothing_left "the time limit"
                grep -h '"survivors"' *.json | sort -u >found
                [[ $(cat found) == '  "survivors": 0,' ]] || [[ "$FLAGS" == *direct* ]] || problem "$(cat found)"
                """,
            adding: variables
        )
        expectSilent(run)
    }

    @Test(
        "A command that is over while what should tell of it is stopped has its own exit code",
        .needsCompiler,
        arguments: RuntimeColumn.every.filter { !$0.isGVisor }
    )
    func stopped(column: RuntimeColumn) throws {
        let (lab, variables) = try lab(column)
        let modes = column.runtime == "direct" ? "stop" : "stop trace"
        let run = try lab.script(
            Self.functions + """
                for mode in \(modes); do
                    timeout -s KILL 60 "$SBX" run $FLAGS $BIND --result result.json -- $H $mode hold up exit 7 $MARK >out 2>err
                    [[ $? == 7 && $(cat out) == UP && ! -s err ]] || problem "$mode: $(cat out err result.json)"
                    nothing_left $mode
                done
                """,
            adding: variables
        )
        expectSilent(run)
    }

    @Test(
        "A command that ignores signals is killed by the second INT or TERM alone, and by stop",
        .needsCompiler,
        arguments: RuntimeColumn.every
    )
    func deaf(column: RuntimeColumn) throws {
        let (lab, variables) = try lab(column)
        let run = try lab.script(
            Self.functions + """
                withstand() { for s in "$@"; do kill -$s $run; sleep 0.1; kill -0 $run || problem "$s ended it"; done; }
                started a $BIND -- $H ignore fork hold up stay $MARK; withstand HUP QUIT USR1 HUP QUIT INT
                kill -TERM $run; ended 143; nothing_left "INT and TERM"
                started b $BIND -- $H ignore fork hold up stay $MARK; withstand TERM HUP; kill -INT $run; ended 130
                nothing_left "TERM and INT"
                grep -q '"reason": "signaled"' result.json || problem "$(cat result.json)"
                started c $BIND --kill-after 300ms -- $H ignore fork hold up stay $MARK
                "$SBX" stop c >out 2>err || problem "stop: $(cat out err)"; ended 137; nothing_left stop
                """,
            adding: variables
        )
        expectSilent(run)
    }

    @Test("Ctrl-Z stops tool and command, and they go on, or are ended, as asked", arguments: RuntimeColumn.every)
    func suspended(column: RuntimeColumn) throws {
        let run = try RuntimeLab.of(column).script(
            """
            state() { sed 's/.*) //; s/ .*//' /proc/$run/stat; }
            size() { stat -c %s a.out; }
            grows() { local before=$(size); wait_until "(( \\$(size) > $before ))"; }
            started a -- /bin/sh -c "$UP & while :; do echo .; sleep 0.05; done"
            kill -TSTP $run; wait_until '[[ $(state) == T ]]' || problem "the tool does not stop"
            sleep 0.3; before=$(size); sleep 0.4; [[ $(size) == $before ]] || problem "the command goes on"
            kill -CONT $run; grows || problem "it does not go on"
            kill -TSTP $run; wait_until '[[ $(state) == T ]]' || problem "it does not stop again"
            "$SBX" stop a >out 2>err || problem "stop: $(cat out err)"; ended 143; nothing_left "a stopped one"
            """
        )
        expectSilent(run)
    }

    @Test(
        "Who reads nothing of what a command writes holds up nothing past the time limit",
        arguments: Requirements.users
    )
    func unreadOutput(user: UInt32?) throws {
        let run = try RuntimeLab.of(RuntimeColumn(runtime: "bwrap", user: user)).script(
            Self.functions + """
                { sbx run --timeout 1s --kill-after 1s -- /usr/bin/yes $MARK 2>err; echo $? >code; } | sleep 30 & reader=$!
                wait_until '[[ -s code ]]' || problem "it hangs"
                quick result.json 2
                [[ $(cat code) == 124 ]] || problem "$(cat code err)"
                grep -q "stdout could not be passed on whole" err || problem "$(cat err)"
                nothing_left "a flood"; kill $reader
                """
        )
        expectSilent(run)
    }

    @Test(
        "A launcher that hangs, when it starts or when it removes, holds up nothing past the time limit",
        .needsCompiler,
        arguments: RuntimeColumn.sandboxes
    )
    func hangingLauncher(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]
        let real = folders.map { "\($0)/\(column.runtime)" }.first { FileMode.mayExecute($0) }
        for name in ["start", "delete"] {
            let flags = ["-DREAL=\"\(real ?? "")\"", "-DHANGS=\(name)s"]
            try Compiler.build(Self.hanging, to: lab.space.work + "/hanging-" + name, flags: flags)
        }
        try lab.space.giveAway()
        let run = try lab.script(
            Self.functions + """
                for what in start \(column.isContainer ? "delete" : ""); do
                    export SBXPIPE_\(column.runtime.uppercased())=$PWD/hanging-$what
                    # The first look at a launcher is no part of a launch.
                    "$SBX" run $FLAGS --timeout 1ms -- /bin/true >out 2>err
                    sbx run --timeout 2s --kill-after 1s -- /bin/sleep $MARK >out 2>err; code=$?
                    [[ $code == 124 ]] || problem "$what: $code $(cat out err)"
                    quick result.json 2
                    nothing_left $what
                    echo "$PWD/hanging-" >patterns
                    [[ -z $(grep -lsaF -f patterns /proc/[0-9]*/cmdline) ]] || problem "$what: the launcher is left"
                done
                """
        )
        expectSilent(run)
    }

    /// Hangs at one of its tasks, whatever signal comes, and is else the real one.
    private static let hanging = """
        #include <signal.h>
        #include <string.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            int starts = 0, deletes = 0;
            for (int i = 1; i < argc; i++) {
                starts |= !strcmp(argv[i], "--pid-file") || !strcmp(argv[i], "--args");
                deletes |= !strcmp(argv[i], "delete");
            }
            if (HANGS) for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
            while (HANGS) pause();
            (void)starts, (void)deletes;
            execv(REAL, argv);
            return 9;
        }
        """
}
