import HostFiles
import JSONText
import TestSupport
import Testing

/// `-t` on each runtime, driven by tmux as a person would.
@Suite(
    "Terminals",
    .tags(.large),
    .serialized,
    .sharingLabs,
    .enabled(if: Requirements.has("tmux") && Requirements.has("less"), "tmux and less are needed")
)
struct SandboxTerminalTests {
    /// `window NAME COMMAND` runs a command in a terminal of 90 columns and 25 rows that shows its last frame when it has
    /// ended; `shows NAME TEXT` waits for a text on it; `keys NAME KEYS…` types.
    private static let prelude = #"""
        export TERM=xterm; unset TMUX; S=$PWD/tmux
        tm() { tmux -S "$S" -f /dev/null "$@"; }
        trap 'tm kill-server 2>/dev/null' EXIT
        window() {
            tm new-session -d -s "$1" -x 90 -y 25 "exec sleep 600" 2>/dev/null
            tm set-option -t "$1" status off; tm set-option -w -t "$1" remain-on-exit on
            tm set-option -w -t "$1" remain-on-exit-format ''
            tm respawn-window -k -t "$1" "$2" || problem "no window $1"
        }
        screen() { tm capture-pane -p -t "$1" | sed 's/ *$//'; }
        shows() { wait_until "screen $1 | grep -qF -- '$2'" || problem "$1 shows no $2: $(screen $1 | head -n 8)"; }
        keys() { local name=$1; shift; tm send-keys -t "$name" "$@"; }
        over() { wait_until "tm list-panes -t $1 -F '#{pane_dead}' | grep -q 1" || problem "$1 goes on: $(screen $1)"; }
        T="$SBX run $FLAGS --result $PWD/result.json"

        """#

    private func run(_ column: RuntimeColumn, _ script: String) throws {
        let lab = try RuntimeLab.of(column)
        expectSilent(try lab.script(Self.prelude + script))
    }

    @Test("A full screen is drawn, resized, and recorded as it was seen", arguments: RuntimeColumn.every)
    func fullScreen(column: RuntimeColumn) throws {
        let hasPlayer = Requirements.has("asciinema") ? "yes" : ""
        try run(
            column,
            #"""
            seq -f 'line %g of Ünïcödé' 300 >lines
            MOUNT="-v $PWD:/here:ro"; AT=/here; [[ $FLAGS == *direct* ]] && { MOUNT=; AT=$PWD; }
            window less "$T -t $MOUNT -- less -X --tilde $AT/lines; sleep 600"
            shows less 'line 24 of'; keys less Space; shows less 'line 48 of'
            tm resize-window -t less -x 60 -y 17; wait_until '[[ $(screen less | grep -c line) == 16 ]]' || problem "$(screen less)"
            keys less g; shows less 'line 1 of Ünïcödé'; keys less G; shows less 'line 300 of'
            screen less >seen
            # The command is killed: what it showed is the last frame. In gVisor nobody can; there it takes its prompt back.
            code=137; pkill -KILL -f "^less -X --tilde $AT/lines" || { code=15; "$SBX" stop less; sed -i '$d' seen; }
            wait_until '[[ -s result.json ]]'; grep -q "\"exitCode\": $code" result.json || problem "$(cat result.json)"
            "$SBX" cat last 6-collect/session.cast >cast || problem "no cast"
            "$SBX" cat last 6-collect/combined | grep -q 'line 300 of' || problem "no capture"
            python3 - <<'END' >rendered || problem "not rendered"
            import json, pyte
            lines = [json.loads(line) for line in open("cast", encoding="utf-8")]
            screen = pyte.Screen(lines[0]["width"], lines[0]["height"])
            stream = pyte.Stream(screen)
            for seconds, kind, text in lines[1:]:
                if kind == "r": screen.resize(*reversed([int(n) for n in text.split("x")]))
                else: stream.feed(text)
            rows = len(open("seen").readlines())
            for line in screen.display[:rows]: print(line.rstrip())
            END
            cmp -s seen rendered || problem "seen: $(head -n 4 seen) rendered: $(head -n 4 rendered)"
            head -n 1 cast | grep -q '"width":90' || problem "$(head -n 1 cast)"
            grep -q '"r","60x17"' cast || problem "no resize in it"
            """#
                + (hasPlayer.isEmpty
                    ? ""
                    : """

                    window player "asciinema cat $PWD/cast >$PWD/played; sleep 600"
                    wait_until 'grep -q "line 300 of" played' || problem "asciinema: $(screen player | head -n 3)"
                    """)
        )
    }

    @Test(
        "Keys that interrupt and stop reach the command, and the caller's terminal is given back",
        arguments: RuntimeColumn.every
    )
    func keysAndModes(column: RuntimeColumn) throws {
        // gVisor's own kernel has the terminal: a command that it stops looks like any other from here. Without a launcher
        // the command leads a session whose parent is elsewhere, and no key stops such a group (setpgid(2), orphaned).
        let stops =
            column.isGVisor || column.runtime == "direct"
            ? ""
            : #"""
            keys sh "$T -t -- sh -c 'echo U\"\"P; cat; exit 5'" Enter; shows sh UP
            keys sh C-z; shows sh Stopped
            keys sh 'stty -a >now; cmp before now && echo SAME-""STOPPED' Enter; shows sh SAME-STOPPED
            keys sh 'fg' Enter; sleep 0.3; keys sh 'again' Enter; keys sh C-d; wait_until 'grep -q "\"exitCode\": 5" result.json'
            keys sh clear Enter
            """#
        try run(
            column,
            #"""
            window sh "env PS1=% bash --norc --noprofile -i"; shows sh %
            keys sh "stty -a >before; $T -t -- perl -e '\$SIG{INT} = sub { print qq(INT\n) }; \$| = 1; print qq(GO), qq(ES\n); sleep 600; sleep 1; exit 7'; echo code \$?" Enter
            shows sh GOES; keys sh C-c; shows sh INT; shows sh 'code 7'
            keys sh 'stty -a >now; cmp before now && echo SAME-""ENDED' Enter; shows sh SAME-ENDED; keys sh clear Enter
            """# + "\n" + stops + #"""

                for signal in KILL TERM; do
                    keys sh "$T -t -- perl -e '\$SIG{TERM} = q(IGNORE); \$SIG{INT} = sub { kill 9, \$\$ }; \$| = 1; print qq(HE), qq(RE\n); sleep 600; # $MARK'; echo code \$?" Enter
                    shows sh HERE
                    if [[ $signal == KILL ]]; then
                        keys sh C-c; shows sh 'code 137'
                    else
                        tool=$(pgrep -f "^$SBX run .*-t -- perl .*$MARK" | head -n 1); kill -TERM $tool; sleep 0.3; kill -TERM $tool
                        shows sh 'code 143'
                    fi
                    keys sh "stty -a >now; cmp before now && echo SAME-\"\"$signal" Enter; shows sh "SAME-$signal"; keys sh clear Enter
                    nothing_left "$signal"
                done
                """#
        )
    }

    @Test("Nothing inside types on the caller's terminal", arguments: RuntimeColumn.sandboxes)
    func noTyping(column: RuntimeColumn) throws {
        let filter = column.isGVisor ? "" : "--security-opt seccomp=unconfined"
        try run(
            column,
            #"""
            cat >type.pl <<'END'
            for my $byte (split //, "echo TYPED-\LX\n") { for my $end (*STDIN, *STDOUT, *STDERR) { ioctl($end, 0x5412, my $key = $byte) } }
            ioctl(STDIN, 0x541C, my $paste = "\x03");
            if (open(TTY, "<", "/dev/tty")) { ioctl(TTY, 0x5412, my $yes = "y") }
            print "DONE\n";
            END
            window sh "env PS1=% bash --norc --noprofile -i"; shows sh %
            keys sh "$T -t \#(filter) -v $PWD:/here:ro -- perl /here/type.pl; echo code \$?" Enter; shows sh 'code 0'
            keys sh 'echo LA""ST' Enter; shows sh LAST
            screen sh | grep -q '^TYPED' && problem "$(screen sh)"; true
            """#
        )
    }

    @Test(
        "A runtime that hands over no terminal is an error, whether it fails or leaves a container, and is not waited for",
        .needsCompiler,
        arguments: RuntimeColumn.sandboxes.filter { $0.isContainer && !$0.isGVisor }
    )
    func noHandover(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]
        let real = folders.map { "\($0)/\(column.runtime)" }.first { FileMode.mayExecute($0) }
        for kind in ["0", "1"] {
            let flags = ["-DREAL=\"\(real ?? "")\"", "-DLEAVES=" + kind]
            try Compiler.build(Self.silent, to: lab.space.work + "/silent" + kind, flags: flags)
        }
        try lab.space.giveAway()
        try run(
            column,
            """
            V=SBXPIPE_\(column.runtime.uppercased())
            window fails "env $V=$PWD/silent0 $T -t -- sleep 61; echo code \\$?; sleep 600"; shows fails 'code 125'
            grep -q '"domain": "launcher"' result.json || problem "$(cat result.json)"; nothing_left "one that fails"
            window leaves "env $V=$PWD/silent1 $T -t -- sleep 61; echo code \\$?; sleep 600"; shows leaves 'code 125'
            shows leaves 'handed over no terminal'; nothing_left "one that leaves"
            """
        )
    }

    /// Starts the real one without the socket that it is to hand the terminal over by, and with LEAVES without a terminal.
    private static let silent = #"""
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            int count = 0;
            for (int i = 0; i < argc; i++) {
                if (!strcmp(argv[i], "--console-socket") && i + 1 < argc) { i++; continue; }
                if (LEAVES && !strcmp(argv[i], "--bundle") && i + 1 < argc) {
                    char text[4096];
                    snprintf(text, sizeof text, "/usr/bin/sed -i 's/\"terminal\": *true/\"terminal\":false/' '%s/config.json'", argv[i + 1]);
                    if (system(text) != 0) return 9;
                }
                argv[count++] = argv[i];
            }
            argv[count] = NULL;
            execv(REAL, argv);
            return 9;
        }
        """#

    @Test("A shell in a failed run's sandbox; without a terminal it reads stdin")
    func shell() throws {
        try run(
            RuntimeColumn(runtime: "bwrap", user: nil),
            #"""
            mkdir -p inside; echo kept >inside/file
            sbx run --name job --timeout 9s -e WHO=me -v $PWD/inside:/inside -w /inside -- sh -c 'exit 4'
            window sh "$SBX shell job; echo code \$?; sleep 600"; shows sh /inside#
            keys sh 'echo $WHO $(cat file); exit 6' Enter; shows sh 'me kept'; shows sh 'code 6'
            [[ $(echo 'cat file; exit 3' | "$SBX" shell job) == kept && ${PIPESTATUS[0]} == 0 ]] || problem "by stdin"
            echo 'exit 3' | "$SBX" shell job; [[ $? == 3 ]] || problem "code of a shell by stdin"
            [[ $("$SBX" shell job -- cat file) == kept ]] || problem "another command"
            "$SBX" shell nothing-such 2>err; [[ $? == 125 && $(grep -c . err) -le 2 ]] || problem "$(cat err)"
            "$SBX" ls --runs | grep -q job-shell || problem "$("$SBX" ls)"
            """#
        )
    }

    @Test("-t without a terminal is refused before anything runs", arguments: RuntimeColumn.every)
    func withoutTerminal(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let (run, record) = try lab.recorded(["run", "-t"], ["--", "/bin/echo", "RAN"], stdin: [])
        expectRefused(run, 125, "tty: standard input is no terminal", "-i")
        #expect(run.output.isEmpty && record?["failure"]?["domain"] == "sbxpipe")
    }
}
