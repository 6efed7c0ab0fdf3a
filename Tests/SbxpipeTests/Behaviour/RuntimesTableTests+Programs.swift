import HostFiles
import JSONText
import TestSupport
import Testing

extension RuntimesTableTests {
    /// Real programs of Debian's, those that there are; each says its name when it has done its work.
    private static let work = #"""
        cd /tmp
        did() { if [ $? = 0 ]; then echo "$1"; else echo "$1 failed"; fi; }
        has() { command -v $1 >/dev/null; }
        if has gcc; then
            printf '#include <stdio.h>\nint main(void) { puts("made"); }\n' >a.c
            gcc -O2 -pthread a.c -o a && test "$(./a)" = made; did gcc
        fi
        if has git; then
            (git init -q r && cd r && git config user.email a@b && git config user.name n && echo x >f && git add f &&
                git commit -qm one && git log --oneline | grep -q one && git clone -q . ../s); did git
        fi
        if has python3; then
            python3 -c '
        import multiprocessing, socket, subprocess, threading
        assert subprocess.run(["echo", "x"], capture_output=True).stdout == b"x\n"
        thread = threading.Thread(target=print); thread.start(); thread.join()
        with multiprocessing.get_context("fork").Pool(2) as pool: assert pool.map(abs, [-1, -2]) == [1, 2]
        listener = socket.create_server(("127.0.0.1", 0)); socket.create_connection(listener.getsockname()).close()
        ' | grep -q '^$'; did python3
        fi
        if has perl; then perl -e 'my $p = fork // die; exit 7 unless $p; wait; die if $? >> 8 != 7'; did perl; fi
        if has make; then
            printf 'all: a1 b1\na1 b1:\n\t@sleep 0.05; touch $@\n' >Makefile; make -s -j2 && test -f a1 -a -f b1; did make
        fi
        if has tar; then
            mkdir -p d/e && echo x >d/e/f && ln -s f d/e/l && mkfifo d/p && tar czf t.tgz d && rm -r d &&
                tar xzf t.tgz && test "$(cat d/e/l)" = x && test -p d/p; did tar
        fi
        if has curl; then curl -sS --max-time 5 http://127.0.0.1:9/ 2>/dev/null; test $? = 7; did curl; fi
        if has node; then node -e 'new (require("worker_threads").Worker)("", {eval: true})'; did node; fi
        if has java; then java -Xmx64m -version 2>/dev/null; did java; fi
        """#
    private static let programs = ["gcc", "git", "python3", "perl", "make", "tar", "curl", "node", "java"]

    /// bubblewrap's are tests of the filter itself.
    private static let filtered = RuntimeColumn.sandboxes.filter { $0.isContainer && !$0.isGVisor }

    @Test("Real programs work under the default filter", arguments: filtered)
    func realPrograms(column: RuntimeColumn) throws {
        let folders = ["/usr/bin", "/bin", "/usr/local/bin"]
        let there = Self.programs.filter { name in folders.contains { FileMode.mayExecute("\($0)/\(name)") } }
        let flags = ["-e", "HOME=/tmp", "-e", "PATH=" + folders.joined(separator: ":"), "-e", "TMPDIR=/tmp"]
        let (run, record) = try RuntimeLab.of(column).shell(Self.work, flags)
        #expect(run.text == there.map { $0 + "\n" }.joined(), "\(run)")
        #expect(there.count > 4 && run.code == 0, "\(run)")
        let filter = record?["enforcement"]?.arrayValue?.first { $0["name"] == "security.seccomp" }
        #expect(filter?["asked"] == "default" && filter?["answer"] == "enforced")
    }

    @Test(
        "Beside a profile from a file that allows all, new user namespaces are refused where covers hold",
        arguments: RuntimeColumn.sandboxes.filter { !$0.isGVisor }
    )
    func guardedProfile(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        try lab.space.write(#"{"defaultAction": "SCMP_ACT_ALLOW"}"#, to: "open.json")
        let script = "unshare -U echo made 2>/dev/null; (true); echo $?"
        let (run, record) = try lab.shell(script, ["--security-opt", "seccomp=open.json"])
        #expect(run.code == 0 && run.text == "0\n", "\(run)")
        let filter = record?["enforcement"]?.arrayValue?.first { $0["name"] == "security.seccomp" }
        let text = filter?["by"]?.stringValue ?? ""
        #expect(text.contains("user namespaces refused in it") == column.isContainer, "\(text)")
        let free = try lab.shell(script, ["--security-opt", "seccomp=unconfined"]).run
        #expect(free.text == "made\n0\n", "the host itself refuses them: \(free)")
    }
}
