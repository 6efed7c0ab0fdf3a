import TestSupport
import Testing

/// `stop` ends a running command: TERM, a grace, KILL (CLI.md; SAFETY.md, promise 6).
@Suite("Stopping a run", .tags(.large), .needsBubblewrap)
struct StopTests {
    /// `started NAME FLAGS... -- COMMAND...` runs something that prints UP in the background, as `$run`, and waits for it;
    /// `ended CODE` waits for its end.
    private static let functions = #"""
        started() {
            local name=$1; shift; rm -f $name.out
            "$SBX" -v run --name $name "$@" >$name.out 2>$name.err & run=$!
            wait_until "grep -q UP $name.out && [[ \$(\"\$SBX\" ls --runs) == *running*\ $name* ]]" || problem "$name does not run: $(cat $name.err)"
            id=$(sed -n 's/^sbxpipe: run \([0-9a-f]\{32\}\) of plan.*/\1/p' $name.err)
        }
        ended() { wait $run; local code=$?; [[ $code == $1 ]] || problem "it ended with $code, not $1"; }
        listed() { "$SBX" ls --runs | grep -q "  $1  *[0-9]* [A-Z]*  $2\$" || problem "not $1: $("$SBX" ls --runs)"; }
        refused() {
            local code=$1 word=$2; shift 2; "$SBX" "$@" >out 2>err
            [[ $? == $code && ! -s out && $(grep -c '^sbxpipe: error: ' err) == 1 && $(grep -c . err) -le 2 && $(cat err) == *"$word"* ]] ||
                problem "$*: $(cat out err)"
        }
        silent() { "$SBX" "$@" >out 2>err; local code=$?; [[ $code == 0 && ! -s out && ! -s err ]] || problem "$*: $code $(cat out err)"; }
        UP="echo UP; while :; do sleep 0.05; done"

        """#

    @Test("TERM reaches the command itself, whose end is that of the run", arguments: Requirements.users)
    func term(user: UInt32?) throws {
        let run = try StoreLab(user).script(
            Self.functions + """
                started a -- /bin/sh -c "$UP"; silent stop ${id:0:8}; ended 143; listed 'exit 143' a
                refused 2 "no such run is under way" stop ${id:0:8}; refused 2 "no such run is under way" stop $id
                started b -- /bin/sh -c "trap 'echo BYE; exit 7' TERM; $UP"; "$SBX" -v stop b >out 2>err; [[ $? == 0 && ! -s out &&
                    $(cat err) == "sbxpipe: run $id is over" ]] || problem "$(cat out err)"
                ended 7; listed 'exit 7' b; [[ $("$SBX" logs $id) == $'UP\\nBYE' ]] || problem "$("$SBX" logs $id)"
                started c --preset overlay --runtime direct -- /bin/sh -c "trap 'exit 0' TERM; $UP"; silent stop last; ended 0; listed 'exit 0' c
                "$SBX" cache verify >out 2>err || problem "verify: $(cat out err)"
                """
        )
        expectSilent(run)
    }

    @Test(
        "What ignores TERM is killed after the grace, with all that it started",
        arguments: StoreLab.someUsers,
        ["--preset baseline", "--preset overlay", "--preset overlay --runtime direct"]
    )
    func kill(user: UInt32?, flags: String) throws {
        let run = try StoreLab(user).script(
            Self.functions + """
                alive() { grep -lsz "^$1\\$" /proc/[0-9]*/cmdline; }; long=31$RANDOM$RANDOM.5
                started a \(flags) -- /bin/sh -c "trap '' TERM; (setsid sleep $long >/dev/null 2>&1 &); $UP"
                [[ -n $(alive $long) ]] || problem "nothing to kill"
                # Within the grace it goes on.
                "$SBX" stop a --kill-after 1500ms & stop=$!; sleep 0.4; kill -0 $run || problem "it was killed at once"
                wait $stop || problem "stop: $?"; ended 137; listed 'signal 9' a
                [[ -z $(alive $long) ]] || { problem "left: $(alive $long)"; kill -9 $(alive $long | cut -d/ -f3); }
                silent run -- /bin/true; "$SBX" cache verify >out 2>err || problem "verify: $(cat out err)"
                """
        )
        expectSilent(run)
    }

    @Test(
        "Of several of a name the newest is meant, an id means one, and a running one is not forgotten",
        arguments: StoreLab.someUsers
    )
    func choice(user: UInt32?) throws {
        let run = try StoreLab(user).script(
            Self.functions + """
                started old -- /bin/sh -c "$UP"; first=$run old=$id; sleep 1.1
                "$SBX" run --name old -- /bin/sh -c "$UP" >new.out 2>new.err & second=$!
                wait_until '[[ $("$SBX" ls --runs | grep -c running) == 2 ]] && grep -q UP new.out' || problem "no two: $("$SBX" ls --runs)"
                refused 2 "under way" rm $old; refused 2 "under way" rm ${old:0:9}; refused 2 "no such run is under way" stop ${old:0:7}
                silent stop old; wait $second; [[ $? == 143 ]] || problem "the newest goes on"
                kill -0 $first || problem "the older one ended"; silent stop $old; run=$first; ended 143
                refused 2 "no such run is under way" stop old; refused 2 "no such run is under way" stop ""; refused 64 argument stop
                refused 64 "kill-after" stop old --kill-after x; refused 2 "no such run is under way" stop last
                silent rm old; silent rm last
                """
        )
        expectSilent(run)
    }
}
