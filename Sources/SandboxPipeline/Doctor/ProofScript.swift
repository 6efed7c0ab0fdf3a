/// The shell script that runs probes and prints a line for each: `sbxpipe-probe ID ok|denied|skipped [REASON]`.
struct ProofScript {
    let text: String

    init(_ probes: [ProofProbe]) {
        let bodies = probes.map { "id=\($0.id)\n(\n\($0.words)\n) 3>&1 >/dev/null 2>&1 </dev/null; said $?\n" }
        text = Self.definitions + bodies.joined() + "echo '\(Self.mark) end'\n"
    }

    static let mark = "sbxpipe-probe"

    /// A word of a shell.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// By status: 200 is ok, 201 skipped (told already); everything else, a signal too, is a denial.
    ///
    /// No `ls` and `stat`, which fail on gVisor of 2022 (statx).
    private static let definitions = """
        export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        umask 077
        machine=$(uname -m)
        ok() { exit 200; }
        skip() { echo "\(mark) $id skipped $*" >&3; exit 201; }
        said() { case $1 in 200) echo "\(mark) $id ok";; 201) ;; *) echo "\(mark) $id denied";; esac; }
        has() { command -v "$1"; }
        seen() { for f; do case $f in *'*'*) ;; *) return 0;; esac; done; return 1; }
        holds() { [ "$(head -c 1 "$1" | wc -c)" -gt 0 ]; }
        opens() { [ -f "$1" ] && (exec 4>>"$1"); }
        makes() { f=$1/.sbxpipe-probe-$$; (set -C; : >"$f") && rm -f "$f"; }
        number() {
            case $machine:$1 in
            x86_64:keyctl) echo 250;; aarch64:keyctl) echo 219;;
            x86_64:bpf) echo 321;; aarch64:bpf) echo 280;;
            x86_64:init_module) echo 175;; aarch64:init_module) echo 105;;
            x86_64:ptrace) echo 101;; aarch64:ptrace) echo 117;;
            x86_64:mount) echo 165;; aarch64:mount) echo 40;;
            x86_64:unshare) echo 272;; aarch64:unshare) echo 97;;
            x86_64:socket) echo 41;; aarch64:socket) echo 198;;
            x86_64:io_uring_setup | aarch64:io_uring_setup) echo 425;;
            esac
        }
        program() {
            perl=$1 python=$2
            shift 2
            if has perl; then perl -e "$perl" -- "$@"
            elif has python3; then python3 -I -c "$python" "$@"
            else skip 'there is neither perl nor python3'; fi
        }
        call() {
            number=$(number "$1")
            [ -n "$number" ] || skip "the number of $1 on $machine is not known"
            shift
            program "$call_perl" "$call_python" "$number" "$@"
        }
        call_perl='\(callByPerl)'
        call_python='\(callByPython)'

        """

    /// A system call by number: 0 when it did something, or the kernel came to look at its arguments; 1 when it was
    /// refused with EPERM, EACCES, ENOSYS, EOPNOTSUPP, EAFNOSUPPORT or EPROTONOSUPPORT.
    private static let callByPerl = """
        my @a = map { /^hex:(.*)/ ? pack("H*", $1) : /^text:(.*)/ ? "$1\\0" : $_ + 0 } @ARGV;
        my $n = shift @a;
        exit 0 if syscall($n, @a) >= 0;
        my $e = $! + 0;
        exit((grep { $e == $_ } 1, 13, 38, 93, 95, 97) ? 1 : 0);
        """

    private static let callByPython = """
        ctypes, sys = map(__import__, ["ctypes", "sys"])
        c = ctypes.CDLL(None, use_errno=True)
        def value(x):
            if x.startswith("hex:"): return ctypes.create_string_buffer(bytes.fromhex(x[4:]))
            if x.startswith("text:"): return ctypes.create_string_buffer(x[5:].encode())
            return ctypes.c_long(int(x))
        r = c.syscall(*[value(x) for x in sys.argv[1:]])
        sys.exit(1 if r < 0 and ctypes.get_errno() in (1, 13, 38, 93, 95, 97) else 0)
        """
}
