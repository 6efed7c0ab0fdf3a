import JSONText
import TestSupport
import Testing

/// What `cache gc` keeps and deletes, and what `rm` forgets (CLI.md; SAFETY.md, recipe Locks).
@Suite("The rules of gc and rm", .tags(.large), .needsBubblewrap)
struct GarbageRulesTests {
    /// `made NAME WORD AGE` makes a run that prints the word, and one of the age that touch(1) understands of its record;
    /// `kept WORD...` expects the runs that are listed to be these, newest first.
    private static let functions = #"""
        made() {
            "$SBX" -v run --name $1 -- /bin/echo $2 >out 2>err || problem "$*: $? $(cat err)"
            id=$(sed -n 's/^sbxpipe: run \([0-9a-f]\{32\}\) of plan.*/\1/p' err)
            digest=$(sed -n 's/^sbxpipe: run sha256:\([0-9a-f]*\) kept.*/\1/p' err)
            [[ -z $3 ]] || touch -d "$3" "$C/refs/runs/"*$id
        }
        # What is not a run's record has no part in it but to be old.
        aged() { find "$C/blobs" "$C/actions" "$C/refs/plans" "$C/refs/names" "$C/../stages" -exec touch -ch -d '40 days ago' {} +; }
        gc() { "$SBX" cache gc "$@" >out 2>err || problem "gc $*: $? $(cat err)"; }
        kept() {
            local words= one
            for one in $("$SBX" ls --runs --json | sed -n 's/.*"digest": *"sha256:\([0-9a-f]*\)".*/\1/p'); do
                words="$words $("$SBX" cat $one 6-collect/stdout 2>&1 | head -1)"
            done
            [[ $words == " $*" || $words$* == "" ]] || problem "listed are$words instead of $*"
            "$SBX" cache verify >found 2>&1 || problem "verify: $(cat found)"
        }
        is() { local got=$("$SBX" cat "$1" 6-collect/stdout 2>&1); [[ $got == "$2" ]] || problem "$1 is $got, not $2"; }
        refused() {
            local code=$1 word=$2; shift 2; "$SBX" "$@" >out 2>err
            [[ $? == $code && ! -s out && $(grep -c '^sbxpipe: error: ' err) == 1 && $(cat err) == *"$word"* ]] ||
                problem "$*: $(cat out err)"
        }

        """#

    @Test("Runs older than --keep-days go, but for the newest of each name", arguments: StoreLab.someUsers)
    func keepDays(user: UInt32?) throws {
        let run = try StoreLab(user).script(
            Self.functions + """
                made n FORTY '40 days ago'; made m OTHER '40 days ago'; made n THIRTYONE '31 days ago'
                made n TWENTY '20 days ago'; made n HOURS '61 minutes ago'; made n YOUNG '59 minutes ago'; made n LAST '50 days ago'
                aged; gc; kept LAST YOUNG HOURS TWENTY OTHER
                gc; grep -q '^deleted 0 objects (0 B); ' out || problem "again: $(cat out)"
                gc --keep-days 10; kept LAST YOUNG HOURS OTHER; gc --keep-days 0; kept LAST YOUNG OTHER
                is last LAST; is n LAST; is m OTHER
                # What is left is what those need: their plans are hits, the others' are gone.
                [[ $(ls "$C/refs/plans" | wc -l) == 3 ]] || problem "plans: $(ls "$C/refs/plans")"
                [[ $(find "$C/../stages" -maxdepth 1 -type d -name '*-*' | wc -l) == 6 ]] || problem "$(ls "$C/../stages")"
                "$SBX" exec m >out 2>err && [[ $(cat out) == OTHER && ! -s err ]] || problem "exec: $(cat out err)"
                refused 64 keep-days cache gc --keep-days -1; refused 64 keep-days cache gc --keep-days x
                refused 64 max-size cache gc --max-size x; refused 64 flags cache verify --dry-run
                """
        )
        expectSilent(run)
    }

    @Test(
        "--max-size takes the oldest first, but none that a name or the last hour keeps",
        arguments: StoreLab.someUsers
    )
    func maxSize(user: UInt32?) throws {
        let run = try StoreLab(user).script(
            Self.functions + """
                big() { "$SBX" run --name $1 -- /bin/sh -c "echo $2; head -c 200000 /dev/zero | tr '\\\\0' $3" >out 2>err || problem "$*: $?"
                    touch -d "$4" "$C/refs/runs/$(ls "$C/refs/runs" | tail -1)"; }
                big n A a '9 days ago'; big m B b '8 days ago'; big n C c '7 days ago'; big n D d '6 days ago'
                big n E e '5 days ago'; big n F f '1 minute ago'; big n G g '3 days ago'
                bytes() { "$SBX" cache stats --json | sed -n 's/.*"bytes": \\([0-9]*\\).*/\\1/p'; }
                aged; all=$(bytes); gc --max-size 1G; [[ $(bytes) == $all ]] || problem "$(cat out)"; kept G F E D C B A
                gc --max-size 1180K; kept G F E D B; (($(bytes) <= 1180 * 1024)) || problem "$(bytes) bytes"
                gc --max-size 980K; kept G F E B; (($(bytes) <= 980 * 1024)) || problem "$(bytes) bytes"
                gc --max-size 0; kept G F B; "$SBX" cat last 6-collect/stdout | head -1 | grep -qx G || problem "last"
                """
        )
        expectSilent(run)
    }

    @Test("--dry-run tells what the real one then deletes, and deletes nothing", arguments: StoreLab.someUsers)
    func dryRun(user: UInt32?) throws {
        let lab = try StoreLab(user)
        let made = try lab.script(
            Self.functions + """
                for word in A B C; do made n $word '40 days ago'; done; made m D '2 days ago'; made m E '1 minute ago'
                "$SBX" rm last >out 2>err; age; touch -d '2 days ago' "$C/refs/runs/"*$id; echo x >"$C/tmp/damaged-1"; age
                """
        )
        expectSilent(made)
        let before = try SafetyLab.listing(lab.store)
        for flags in [["--max-size", "0"], []] {
            let told = try lab.lab.tool(["cache", "gc", "--dry-run", "--json"] + flags)
            let said = try lab.lab.tool(["cache", "gc", "--dry-run"] + flags)
            let places = ["leases", "cache/lock", "cache/turn"]
            func rest(_ text: String) -> [Substring] {
                text.split(separator: "\\n").filter { line in !places.contains { line.contains($0) } }
            }
            #expect(rest(try SafetyLab.listing(lab.store)) == rest(before), "\(flags): \(told)")
            _ = try lab.script("rm -rf base; cp -a \"${C%/cache}\" base")
            let real = try lab.json("cache", "gc", "--json", flags.first ?? "--keep-days", flags.last ?? "30")
            var expected = try #require(try told.json().objectValue)
            #expect(expected["dryRun"] == true && real["dryRun"] == false, "\(told)")
            expected["dryRun"] = false
            #expect(.object(expected) == real, "\(flags): \(told) but \(real.pretty())")
            _ = try lab.script("rm -rf \"${C%/cache}\"; cp -a base \"${C%/cache}\"")
            let done = try lab.lab.tool(["cache", "gc"] + flags)
            #expect(said.text.replacing("would delete", with: "deleted") == done.text, "\(flags): \(said) but \(done)")
            #expect(done.text.contains(" runs, "), "\(done)")
            _ = try lab.script("rm -rf \"${C%/cache}\"; cp -a base \"${C%/cache}\"")
        }
    }

    @Test("rm forgets a run and points its names to the one before", arguments: StoreLab.someUsers)
    func forgotten(user: UInt32?) throws {
        let run = try StoreLab(user).script(
            Self.functions + """
                made n N1; first=$digest; made n N2; made m M1; made n N3; third=$id run=$digest; made m M2; made m M3
                link() { [[ $(readlink "$C/../stages/last") == $1-$2 && -d $C/../stages/$1-$2 ]] || problem "last: $(ls -l "$C/../stages")"; }
                "$SBX" rm last || problem "last: $?"; kept M2 N3 M1 N2 N1; is last M2; is m M2; is n N3
                "$SBX" rm m || problem "m: $?"; kept N3 M1 N2 N1; is last N3; is m M1; link n ${run:0:8}
                refused 2 "no spec, plan or run" rm ${third}0; is $third N3; is ${third:0:9} N3
                "$SBX" rm $third || problem "id: $?"; kept M1 N2 N1; is last M1; is n N2; refused 2 "no spec, plan or run" cat $third 6-collect/stdout
                "$SBX" rm sha256:${first:0:12} || problem "prefix: $?"; kept M1 N2; is n N2
                "$SBX" exec n >out; [[ $(cat out) == N3 ]] || problem "exec n: $(cat out)"; is n N3; "$SBX" rm n
                # Several at once mean what they meant before the first went.
                "$SBX" rm last last~1 || problem "two: $?"; kept; refused 2 "fewer runs" cat last 6-collect/stdout
                [[ ! -L $C/../stages/last ]] || problem "last leads on"
                age; gc; kept; "$SBX" ls --plans | grep -c ' [mn]$' | grep -qx 2 || problem "$("$SBX" ls --plans)"
                """
        )
        expectSilent(run)
    }

    @Test("rm forgets a plan that no run needs, and refuses what it can't forget", arguments: StoreLab.someUsers)
    func plans(user: UInt32?) throws {
        let lab = try StoreLab(user)
        try lab.spec("p", prints: "OLD", in: "old")
        try lab.spec("p", prints: "NEW", in: "new")
        let run = try lab.script(
            Self.functions + """
                plan() { "$SBX" plan $1 --json | sed -n 's/^ *"plan": "sha256:\\([0-9a-f]*\\)".*/\\1/p'; }
                old=$(plan old.json) new=$(plan new.json); "$SBX" exec $new >out
                refused 2 "a run needs it" rm $new; "$SBX" exec new.json >out; refused 2 "2 runs need it" rm $new
                "$SBX" rm $old || problem "old: $?"; refused 2 "no spec, plan or run" rm $old; [[ ! -e $C/../stages/p-${old:0:8} ]] || problem "folder"
                old=$(plan old.json); "$SBX" rm last last~1; "$SBX" exec last~1 >out; [[ $(cat out) == NEW ]] || problem "last~1: $(cat out)"
                "$SBX" rm last; "$SBX" rm p || problem "p: $?"
                "$SBX" exec >out 2>err; [[ $(cat out) == NEW ]] || problem "newest plan: $(cat out err)"; "$SBX" rm p; "$SBX" rm $new || problem "new: $?"
                refused 125 "no plan yet" exec; refused 125 "no spec, plan or run" exec p; refused 2 "no spec, plan or run" rm p
                refused 2 "is a spec" rm old.json; refused 2 "is a spec" rm ./p; refused 64 argument rm
                "$SBX" cache verify >found || problem "$(cat found)"; age; gc
                [[ -z $(find "$C/blobs" "$C/refs" -type f) ]] || problem "left: $(find "$C/blobs" "$C/refs" -type f)"
                "$SBX" exec old.json >out 2>err && [[ $(cat out) == OLD ]] || problem "again: $(cat err)"
                """
        )
        expectSilent(run)
    }
}
