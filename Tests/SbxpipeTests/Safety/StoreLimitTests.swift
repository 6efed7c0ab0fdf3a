import HostFiles
import TestSupport
import Testing

/// A store under limits, in the wrong mode, with planted links, and a clock that is set back (SAFETY.md, Faults): one
/// line, the right code, the store verifies, a rerun succeeds.
@Suite("A store under limits", .tags(.large), .needsBubblewrap)
struct StoreLimitTests {
    /// `tried CODE COMMAND...` runs what succeeds, or fails with that code and one line, within `$limit`.
    ///
    /// That is what ulimit(1) takes. Both streams go through one pipe, as a file would be limited, too. `whole` looks at
    /// the store, `again` runs what has to succeed now.
    private static let functions = #"""
        S=${C%/cache}
        tried() {
            local what="$limit $2 $3" bad=$1; shift
            both=$( (exec 3>&-; [[ -z $limit ]] || ulimit $limit || exit 99; exec "$SBX" "$@" 2>&1) )
            code=$?
            local said=$(grep -c '^sbxpipe: ' <<<"$both") errors=$(grep -c '^sbxpipe: error: ' <<<"$both")
            case $code in
                0) ((said == 0)) || problem "$what: 0 $(grep '^sbxpipe: ' <<<"$both")" ;;
                $bad) ((errors == 1)) && [[ $(grep -vc '^sbxpipe: \|^[0-9]*$' <<<"$both") == 0 ]] &&
                    ((said == 1 + $(grep -c '^sbxpipe: hint: ' <<<"$both"))) || problem "$what: $code $both" ;;
                *) problem "$what: $code $both" ;;
            esac
        }
        whole() {
            "$SBX" cache verify >found 2>&1 || problem "$1: verify: $(cat found)"
            [[ -z $(ls -A "$C/tmp") ]] || problem "$1: left in tmp: $(ls "$C/tmp")"
        }
        again() {
            whole "$1"; "$SBX" exec a.json >out 2>err || problem "$1: again: $? $(cat err)"
            [[ ! -s err && $(tail -1 out) == 20000 ]] || problem "$1: again: $(cat err)"
        }
        "$SBX" run -- /bin/true || problem "a first run: $?"
        cp -a "$S" base; reset() { rm -rf "$S"; cp -a base "$S"; }

        """#

    private func lab(_ user: UInt32?) throws -> StoreLab {
        let lab = try StoreLab(user)
        // More than a pipe holds.
        try lab.spec("a", runs: ["/usr/bin/seq", "20000"])
        return lab
    }

    @Test("A file-size limit is an error of one line", arguments: StoreLab.someUsers)
    func fileSize(user: UInt32?) throws {
        let run = try lab(user).script(
            Self.functions + """
                for size in \(Requirements.areLong ? "$(seq 0 12) 16 32 64 100 106 107" : "0 1 8 64") unlimited; do
                    reset; limit="-f $size"; tried 2 plan a.json; planned=$code; whole "$limit plan"
                    tried 125 exec a.json; echo $size $planned $code >>codes; again "$limit exec"
                done
                head -1 codes; tail -2 codes
                """
        )
        #expect(
            run.text
                == "0 2 125\n\(Requirements.areLong ? "107" : "64") 0 \(Requirements.areLong ? "0" : "125")\nunlimited 0 0\n",
            "\(run)"
        )
    }

    @Test("So few descriptors are an error of one line that tells what helps", arguments: StoreLab.someUsers)
    func descriptors(user: UInt32?) throws {
        let run = try lab(user).script(
            Self.functions + """
                for count in \(Requirements.areLong ? "$(seq 4 26)" : "4 5 6 7 11 14 17 24"); do
                    reset; limit="-n $count"; (($count > 8)) || { tried 2 plan a.json; echo plan $code >>codes; }
                    tried 125 exec a.json; echo exec $code >>codes
                    # Where the plan was made, it is the launch that needs more.
                    [[ $code == 0 || ! -e $C/refs/names/a.plan || $both == *"hint: "*ulimit* ]] || problem "$limit: no hint: $both"
                    again "$limit"
                done
                sort -u codes
                """
        )
        #expect(run.text == "exec 0\nexec 125\nplan 0\nplan 2\n", "\(run)")
    }

    @Test(
        "A store in a read-only file system can be read, and writing to it is an error of one line",
        arguments: Requirements.users
    )
    func readOnlyMount(user: UInt32?) throws {
        guard Requirements.isRoot else { return }
        let lab = try lab(user)
        #expect(try lab.tool("run", "--name", "n", "--", "/bin/echo", "N").code == 0)
        let before = try SafetyLab.listing(lab.store)
        let run = try lab.mounting(
            """
            S=${C%/cache}; mount --bind "$S" "$S"; mount -o remount,ro,bind "$S"
            for words in "plan a.json" "exec a.json" "run -- /bin/true" "cache gc" "rm last"; do
                bad=2; [[ $words != exec* && $words != run* ]] || bad=125
                $AS "$SBX" $words >out 2>err; code=$?
                [[ $code == $bad && ! -s out && $(grep -c "^sbxpipe: error: .*read-only file system" err) == 1 &&
                    $(grep -c "^sbxpipe: hint: .*--store" err) == 1 && $(grep -c . err) == 2 ]] || problem "$words: $code $(cat err)"
            done
            for words in ls "ls --runs --json" "inspect last" "cache stats" "cache path" "why a.json"; do
                $AS "$SBX" $words >out 2>err; code=$?
                [[ $code -le 1 && -s out && ! -s err ]] || problem "$words: $code $(cat err)"
            done
            for words in "cat n 6-collect/stdout" "logs last"; do
                [[ $($AS "$SBX" $words 2>&1) == N ]] || problem "$words: $($AS "$SBX" $words 2>&1)"
            done
            """
        )
        expectSilent(run)
        #expect(try SafetyLab.listing(lab.store) == before)
        #expect(try lab.verify().isClean)
        #expect(try lab.tool("exec", "a.json").code == 0)
    }

    @Test("A store without the permission to write is an error of one line")
    func readOnlyMode() throws {
        let run = try lab(Requirements.users.last ?? nil).script(
            Self.functions + """
                "$SBX" run --name n -- /bin/echo N >out; rm -rf base; cp -a "$S" base
                for part in . cache/tmp cache/refs/runs \(Requirements.areLong ? "cache cache/blobs/sha256 cache/refs/names cache/leases cache/actions" : ""); do
                    reset; chmod -R a-w "$S/$part"; limit=
                    tried 2 plan a.json; planned=$code; tried 125 exec a.json; echo $part $planned $code >>codes
                    tried 2 cache gc; tried 0 cat n 6-collect/stdout
                    chmod -R u+w "$S"; again "$part"
                done
                cut -d' ' -f2- codes | sort -u
                """
        )
        // Some of it a plan does without.
        #expect(run.text == "0 125\n2 125\n", "\(run)")
    }

    @Test(
        "A store that others may write is refused by each command, and used again once they may not",
        arguments: StoreLab.someUsers
    )
    func modes(user: UInt32?) throws {
        let run = try lab(user).script(
            Self.functions + """
                "$SBX" run --name n -- /bin/echo N >out; limit=
                for part in . cache stages cache/blobs cache/blobs/sha256 cache/refs cache/refs/names cache/actions \\
                    cache/actions/archive cache/leases cache/tmp; do
                    chmod 777 "$S/$part"
                    for words in "exec a.json" \(Requirements.areLong ? "'plan a.json' ls 'cache verify' 'cache gc' 'rm n' 'inspect n'" : "'cache gc'"); do
                        bad=2; [[ $words != exec* ]] || bad=125
                        tried $bad $words
                        [[ $code == $bad && $both == *write* && $both == *"hint: "* ]] || problem "$part, $words: $code $both"
                    done
                    chmod 700 "$S/$part"
                done
                again modes
                """
        )
        expectSilent(run)
    }

    @Test(
        "Links planted in tmp are removed at the next start, or stay, and what they lead to is left alone",
        arguments: StoreLab.someUsers
    )
    func plantedLinks(user: UInt32?) throws {
        let run = try lab(user).script(
            Self.functions
                + """
                mkdir outside; echo KEPT >outside/file; echo KEPT >file; o=$PWD
                cd "$C/tmp"; ln -s "$o/file" 0.blob-1; ln -s "$o/outside" 0.x; ln -s "$o/missing" 0.record-1; ln -s "$o/outside" old
                mkdir -p 0.d/e; ln -s "$o/outside" 0.d/e/l; ln "$o/file" 0.d/hard; mkfifo 0.f; chmod 0 0.d/e; ln -s "$o/file" 77.blob-2
                cd "$o"; "$SBX" plan a.json >out 2>err || problem "plan: $? $(cat err)"
                [[ $(cat err) == *"cleaned up after an interrupted sbxpipe: 5 temporary"* ]] || problem "$(cat err)"
                [[ $(ls "$C/tmp" | tr '\\n' ' ') == "77.blob-2 old " ]] || problem "$(ls "$C/tmp")"
                "$SBX" exec a.json >out 2>err && [[ ! -s err ]] || problem "exec: $? $(cat err)"
                age; "$SBX" cache gc >out 2>err || problem "gc: $? $(cat err)"
                [[ $(ls "$C/tmp") != *old* ]] || problem "gc left $(ls "$C/tmp")"
                [[ $(cat file outside/* | sort -u) == KEPT && ! -e missing ]] || problem "$(head file outside/*)"
                rm -f "$C/tmp"/77*; again links
                # In the place of a file that is opened for writing, a link is refused.
                for place in leases/0 lock turn; do
                    rm "$C/$place"; ln -s "$o/file" "$C/$place"; limit=
                    tried 2 plan a.json; [[ $code == 2 ]] || problem "$place: plan: $code"
                    tried 125 exec a.json; [[ $code == 125 ]] || problem "$place: exec: $code"
                    [[ $(cat file) == KEPT ]] || problem "$place: $(cat file)"; rm "$C/$place"; again $place
                done
                """
        )
        expectSilent(run)
    }

    @Test("A store that is half made is made through no link", arguments: StoreLab.someUsers)
    func plantedFolders(user: UInt32?) throws {
        let run = try lab(user).script(
            """
            mkdir outside
            for part in cache cache/blobs cache/refs cache/actions cache/leases stages; do
                rm -rf st; mkdir -p st/cache; rmdir "st/$part"; ln -s "$PWD/outside" "st/$part"
                "$SBX" plan --store st a.json >out 2>err; code=$?
                [[ $code == 2 && $(grep -c '^sbxpipe: error: .*not a folder' err) == 1 ]] || problem "$part: $code $(cat err)"
                [[ -z $(ls -A outside) ]] || problem "$part: $(ls outside)"; rm -rf outside; mkdir outside
                rm "st/$part"; "$SBX" plan --store st a.json >out 2>err || problem "$part: again: $? $(cat err)"
                "$SBX" cache verify --store st >out 2>err || problem "$part: verify: $(cat out err)"
            done
            """
        )
        expectSilent(run)
    }

    @Test(
        "After a clock set back the newest is what was made last, and nothing from the future is deleted",
        .needsCompiler,
        arguments: StoreLab.someUsers
    )
    func clock(user: UInt32?) throws {
        let lab = try lab(user)
        try Compiler.build(Self.shiftedClock, to: lab.lab.folder.path + "/clock.so", flags: ["-shared", "-fPIC"])
        let run = try lab.script(
            """
            two=$((2 * 86400)); future() { CLOCK_OFFSET=$two LD_PRELOAD=$PWD/clock.so "$SBX" "$@" 2>&1 >out; }
            is() { local got=$("$SBX" cat "$1" 6-collect/stdout 2>&1); [[ $got == "$2" ]] || problem "$1 is $got, not $2"; }
            future run --name r -- /bin/echo FIRST; future run --name q -- /bin/echo SECOND; future plan a.json
            find "$C" "$C/../stages" -exec touch -h -d '+2 days' {} +
            "$SBX" exec a.json >out 2>err && [[ ! -s err ]] || problem "exec: $? $(cat err)"
            "$SBX" run --name r -- /bin/echo THIRD >out 2>err && [[ ! -s err ]] || problem "run: $? $(cat err)"
            is last THIRD; is r THIRD; is last~1 SECOND; is last~2 FIRST; is q SECOND
            "$SBX" cache verify >out 2>&1 || problem "verify: $(cat out)"
            "$SBX" rm q >out 2>err || problem "rm: $? $(cat err)"
            "$SBX" cache gc --keep-days 0 --max-size 0 >out 2>err || problem "gc: $? $(cat err)"
            grep -q '^deleted 0 objects' out || problem "$(cat out)"
            is last THIRD; is last~1 FIRST
            age; "$SBX" cache gc --keep-days 0 >out 2>err || problem "gc: $? $(cat err)"
            grep -q '^deleted [1-9]' out || problem "$(cat out)"; is r THIRD
            "$SBX" exec a.json >out 2>err || problem "again: $? $(cat err)"; "$SBX" cache verify >out 2>&1 || problem "$(cat out)"
            """
        )
        expectSilent(run)
    }

    /// A library that adds $CLOCK_OFFSET seconds to the time of day.
    private static let shiftedClock = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdlib.h>
        #include <time.h>
        int clock_gettime(clockid_t clock, struct timespec *time) {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(clock, time);
            const char *offset = getenv("CLOCK_OFFSET");
            if (result == 0 && clock == CLOCK_REALTIME && offset) time->tv_sec += atol(offset);
            return result;
        }
        """
}
