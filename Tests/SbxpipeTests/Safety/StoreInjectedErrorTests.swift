import HostFiles
import TestSupport
import Testing

/// Every system call on a store fails once, by strace(1): one line, the right code, nothing is lost or left
/// (SAFETY.md, promises 5 and 9).
@Suite(
    "A store whose system calls fail",
    .tags(.large),
    .needsBubblewrap,
    .enabled(if: Requirements.has("strace"), "strace is not installed")
)
struct StoreInjectedErrorTests {
    /// `fails COMMAND CALL ERROR N` runs `plan` or `exec` of a.json on a copy of the store `base` with the tool's Nth call
    /// failing, and looks at what is said, left, and made of it by the next start.
    ///
    /// Processes below the tool don't get the error: it is the store's that matters. `watch COMMAND CALL,...`
    /// has a whole one traced; `points CALL` gives each N at which that one's call was about the store or the key, `some K`
    /// K of these from first to last.
    private static let functions = #"""
        S=${C%/cache} K=$XDG_STATE_HOME
        missed=()
        reset() { rm -rf "$S"; [[ ! -e base ]] || cp -a base "$S"; }
        watch() {
            reset
            strace -qq -y -e signal=none -o whole -e trace=$2 "$SBX" $1 a.json --durable >out 2>err || problem "$1: $? $(cat err)"
        }
        points() { grep "^$1(" whole | grep -nF -e "$S/" -e "$K/sbxpipe" | cut -d: -f1; }
        some() { awk -v k=$1 '{ n[NR] = $1 } END { for (i = 1; i <= NR && i <= k; i++) print n[k < NR ? 1 + int((i - 1) * (NR - 1) / (k - 1)) : i] }'; }
        one_line() { [[ $(grep -c '^sbxpipe: error: ' err) == 1 && $(grep -vc '^sbxpipe: error: \|^sbxpipe: hint: ' err) == 0 ]]; }
        fails() {
            reset; local what="$*" code listed=$(ls "$C/refs/runs" | wc -l)
            timeout 60 strace -qq -o trace -e trace=$2${5:+,${5%%:*}} -e inject=$2:error=$3:when=$4 \
                ${5:+-e inject=$5} "$SBX" $1 a.json --durable >out 2>err
            code=$?
            # When captures that last half a second went to files of their own in the trace, the last calls may be missing.
            grep -q "^$2(.*INJECTED" trace || { missed+=("$what"); return; }
            case $1.$code in
                plan.0) ! grep 'error: ' err || problem "$what: succeeds with $(cat err)" ;;
                exec.0) ! grep 'error: ' err && [[ $(cat out) == A ]] || problem "$what: succeeds with $(cat out err)" ;;
                plan.2 | exec.125) one_line || problem "$what: $code $(cat err)" ;;
                *) problem "$what: $code $(cat out err)" ;;
            esac
            [[ $1.$code != plan.2 || ! -s out ]] || problem "$what: prints $(cat out)"
            # A launch that failed by it is a run that ended so, where it can still be kept.
            local now=$(ls "$C/refs/runs" | wc -l)
            case $1.$code.$((now - listed)) in
                plan.*.0 | exec.0.1 | exec.125.0) ;;
                exec.125.1) "$SBX" ls --runs --json | grep -q '"exitCode":125' || problem "$what: kept as $("$SBX" ls --runs)" ;;
                *) problem "$what: $code, and listed are $(ls "$C/refs/runs")" ;;
            esac
            [[ -z $(ls -A "$C/tmp") ]] || problem "$what: left in tmp: $(ls "$C/tmp")"
            [[ $(ls -A "$K/sbxpipe") == "" || $(ls -A "$K/sbxpipe") == key ]] || problem "$what: left: $(ls -A "$K/sbxpipe")"
            "$SBX" cache verify >out 2>err || problem "$what: verify: $(cat out err)"
            "$SBX" $1 a.json >out 2>err || problem "$what: again: $? $(cat err)"
            [[ ! -s err ]] || problem "$what: again: $(cat err)"
            [[ $1 == plan || $(cat out) == A ]] || problem "$what: again: $(cat out)"
        }

        """#

    private func lab(_ user: UInt32?) throws -> StoreLab {
        let lab = try StoreLab(user)
        try lab.spec("a", prints: "A", more: ", \"hostname\": \"a\"")
        try lab.spec("b", prints: "B")
        return lab
    }

    private static let syncs = "fsync:EIO syncfs:ENOSPC write:ENOSPC pwrite64:EIO close:EIO"
    private static let names = "rename:ENOSPC renameat2:EIO mkdirat:ENOSPC symlinkat:ENOSPC openat:EMFILE flock:ENOLCK"

    @Test(
        "An error of any call that writes, syncs or names something is one line and harms nothing",
        arguments: StoreLab.someUsers,
        [syncs, names + (Requirements.areLong ? " fchmod:EIO ftruncate:EIO unlinkat:EIO" : "")]
    )
    func calls(user: UInt32?, calls: String) throws {
        let run = try lab(user).script(
            Self.functions + """
                "$SBX" exec b.json >out 2>err || problem "exec: $? $(cat err)"; cp -a "$S" base
                all=$(for pair in \(calls); do echo -n ${pair%:*},; done)
                for command in exec \(Requirements.areLong ? "plan" : ""); do
                    watch $command ${all%,}
                    for pair in \(calls); do
                        call=${pair%:*}; points $call >all; [[ $call == unlinkat || -s all ]] || problem "no $call"
                        for n in $(\(Requirements.areLong ? "cat" : "some 2") <all); do fails $command $call ${pair#*:} $n; done
                    done
                done
                ((${#missed[@]} <= \(Requirements.areLong ? 40 : 3))) || problem "nothing failed: ${missed[*]}"
                """
        )
        expectSilent(run)
    }

    @Test(
        "An error while the store and the key are made leaves what the next start completes",
        arguments: StoreLab.someUsers
    )
    func making(user: UInt32?) throws {
        let run = try lab(user).script(
            Self.functions + """
                reset() { rm -rf "$S" "$K"; mkdir -p "${S%/*}"; }
                watch plan mkdirat,openat,write,fsync,renameat2
                for pair in mkdirat:ENOSPC openat:EIO write:ENOSPC fsync:EIO renameat2:EIO; do
                    call=${pair%:*}; points $call >all; [[ -s all ]] || problem "no $call"
                    for n in $(\(Requirements.areLong ? "cat all" : "head -12 all | some 2")); do fails plan $call ${pair#*:} $n; done
                done
                ((${#missed[@]} <= 1)) || problem "nothing failed: ${missed[*]}"
                # The store is whole: it is found from its folder, and gc and verify know it.
                "$SBX" plan a.json >out; [[ -s $C/CACHEDIR.TAG && -d $S/stages ]] || problem "$(ls "$C" "$S")"
                """
        )
        expectSilent(run)
    }

    @Test(
        "Without a rename that refuses to replace, links do, and their errors are one line",
        arguments: StoreLab.someUsers
    )
    func links(user: UInt32?) throws {
        let run = try lab(user).script(
            Self.functions + """
                "$SBX" exec b.json >out 2>err || problem "exec: $? $(cat err)"; cp -a "$S" base
                fails exec renameat2 EINVAL 1+
                for n in \(Requirements.areLong ? "$(seq 15)" : "1 9"); do fails exec link ENOSPC $n renameat2:error=EINVAL; done
                ((${#missed[@]} == 0)) || problem "nothing failed: ${missed[*]}"
                """
        )
        expectSilent(run)
    }
}
