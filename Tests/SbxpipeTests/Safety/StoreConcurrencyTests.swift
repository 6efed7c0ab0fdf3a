import TestSupport
import Testing

/// Many processes on one store at once (SAFETY.md, recipe Locks).
@Suite("A store that many use at once", .tags(.large), .needsBubblewrap)
struct StoreConcurrencyTests {
    /// Each writer writes twice, or as often as it can in five seconds; twelve rounds make the full minute.
    private static let rounds = Requirements.areLong ? 12 : 1
    private static let seconds = Requirements.areLong ? 5 : 0

    /// Each run prints the name that it bears and a word of its own, so that a reader can tell whose output it sees.
    private static let roles = #"""
        live() { [[ ! -e over ]]; }
        ager() {
            while live; do
                find "$C"/{blobs,actions} -type f -exec touch -c -d '40 days ago' {} +
                (cd "$C/refs/runs" && ls | head -n -1 | xargs -r touch -c -d '40 days ago')
                sleep 0.05
            done
        }
        writer() {
            local count=0 name want got code
            while ((count < 2 || SECONDS < end)); do
                count=$((count + 1)) name=n$((RANDOM % 4))
                case $((RANDOM % 4)) in
                    0) want="$name w$1.$count"; got=$("$SBX" run --name $name -- /bin/echo "$want" 2>err.$1) ;;
                    1) want="$name spec"; got=$("$SBX" exec $name.json 2>err.$1) ;;
                    2) want="$name other"; got=$("$SBX" exec $name-other.json 2>err.$1) ;;
                    3) want=""; "$SBX" plan $name-other.json >out.$1 2>err.$1; got= ;;
                esac
                code=$?
                [[ $code == 0 && $got == "$want" && ! -s err.$1 ]] ||
                    problem "writer: $code, wanted '$want', got '$got': $(cat err.$1)"
                echo >>done.writer
            done
        }
        collector() {
            while live; do
                "$SBX" cache gc --keep-days $((RANDOM % 2)) >gc.$1 2>gc-err.$1
                case $? in
                    0) cat gc.$1 >>done.gc ;;
                    2) [[ $(grep -c . gc-err.$1) == 2 && $(cat gc-err.$1) == *"error: the store is in use by process "* ]] ||
                        problem "gc: $(cat gc-err.$1)" ;;
                    *) problem "gc: $? $(cat gc-err.$1)" ;;
                esac
                sleep 1
            done
        }
        reader() {
            local code digest name what word
            while live; do
                for what in 'inspect last' ls 'inspect n1' 'cat last 6-collect/stdout' 'cat n2 6-collect/stdout' 'logs n3' 'ls --json'
                do
                    "$SBX" $what >see.$1 2>see-err.$1
                    code=$? word=${what#* }
                    [[ $code == 0 || $code == 2 && $(grep -c 'sbxpipe: error: ' see-err.$1) == 1 ]] ||
                        problem "$what: $code $(cat see-err.$1)"
                    [[ $what != *\ n[0-9]* || $what == inspect* || $code != 0 || $(cat see.$1) == "${word%% *} "* ]] ||
                        problem "$what: $(cat see.$1)"
                done
                # Whose output it is stands in the list.
                sed -n 's/.*"digest":"\(sha256:[0-9a-f]*\)".*"kind":"run","name":"\([^"]*\)".*/\1 \2/p' see.$1 | head -3 |
                    while read -r digest name; do
                        "$SBX" cat "$digest" 6-collect/stdout >see.$1 2>see-err.$1
                        code=$?
                        [[ $code == 0 && $(cat see.$1) == "$name "* ]] ||
                            [[ $code == 2 && $(grep -c 'sbxpipe: error: ' see-err.$1) == 1 && ! -s see.$1 ]] ||
                            problem "cat $name: $code $(cat see.$1 see-err.$1)"
                    done
                echo >>done.reader; sleep 1
            done
        }
        """#

    @Test("Sixteen writers, four gc and readers beside them keep it whole", arguments: Requirements.users)
    func together(user: UInt32?) throws {
        let lab = try StoreLab(user)
        for name in ["n0", "n1", "n2", "n3"] {
            try lab.spec(name, prints: "\(name) spec")
            try lab.spec(name, prints: "\(name) other", in: "\(name)-other")
            #expect(try lab.tool("exec", "\(name).json").code == 0)
        }
        for _ in 0..<Self.rounds {
            let run = try lab.script(
                Self.roles + """

                    rm -f over; end=$((SECONDS + \(Self.seconds)))
                    ager & for n in 1 2 3 4; do collector $n & done; for n in $(seq \(Requirements.areLong ? 4 : 1)); do reader $n & done
                    for n in $(seq 16); do writer $n & writers="$writers $!"; done
                    wait $writers; echo >over; wait
                    """
            )
            expectSilent(run)
            let found = try lab.verify()
            #expect(found.isClean, "\(found.text)")
            #expect(try lab.names("tmp").isEmpty)
        }
        let work = try lab.script("wc -l <done.writer; wc -l <done.reader; grep -c 'deleted [1-9]' done.gc")
        let counts = work.text.split(separator: "\n").compactMap { Int($0) }
        #expect(counts.count == 3 && counts.allSatisfy { $0 > 0 }, "no work was done: \(work)")
    }

    /// Every lock is taken late, so that gc comes in between all that needs one.
    @Test("What an exec found or made is not collected before its launch and its run", arguments: Requirements.users)
    func between(user: UInt32?) throws {
        let lab = try StoreLab(user)
        try lab.spec("same", prints: "OTHER", in: "other")
        for (command, code) in [(["/bin/echo", "RAN"], 0), (["/bin/nothing"], 127)] {
            try lab.spec("same", runs: command)
            let run = try lab.script(
                """
                "$SBX" plan same.json >/dev/null; "$SBX" plan other.json >/dev/null; age; rm -f over
                while [[ ! -e over ]]; do "$SBX" plan other.json >plan; "$SBX" cache gc >gc; sleep 0.1; done &
                strace -qq -o trace -e trace=flock -e inject=flock:delay_enter=150000 "$SBX" exec same.json >out 2>err
                code=$?; echo >over; wait
                [[ $code == \(code) ]] || problem "$code $(cat err)"
                grep -q DELAYED trace || problem "nothing was late"
                """
            )
            expectSilent(run)
            let found = try lab.verify()
            #expect(found.isClean, "\(found.text)")
            #expect(try lab.listed("runs").count == 1)
            #expect(try lab.tool("rm", "last").code == 0)
        }
    }
}
