import HostFiles
import SeccompFilter
import TestSupport
import Testing

/// The default filter on processes that bubblewrap starts, as root and as an ordinary user.
@Suite("The default filter on real processes", .tags(.large))
struct RealProcessTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("filtered")
        let filter = try OwnedDescriptor.open(folder("filter"), [.write, .create], mode: 0o644)
        try FileContent.write(
            try SeccompProfile.standard(machine: HostSystem.kernel().machine).compiled(),
            to: filter.number
        )
    }

    /// Runs a command of sh with the filter, the host read-only, /tmp and HOME its own, no network.
    private func run(_ command: String, user: UInt32?) throws -> ToolRun {
        let isolation = "--unshare-all --die-with-parent --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp"
        let script =
            "exec /usr/bin/bwrap \(isolation) --ro-bind \"$0\" /mnt --seccomp 9 -- /bin/sh -c \"$1\" 9<\"$0/filter\""
        return try Program.run(
            ["/bin/sh", "-c", script, folder.path, "cd /tmp; \(command)"],
            in: "/",
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"],
            user: user
        )
    }

    @Test(
        "forbidden calls fail as the table says, ordinary ones go through",
        .enabled(if: Requirements.has("bwrap") && Compiler.path != nil, "bubblewrap and a C compiler are needed"),
        arguments: Requirements.users
    )
    func probes(user: UInt32?) throws {
        try Compiler.build(ProbeSource.text, to: folder("probe"))
        let run = try run("/mnt/probe", user: user)
        try #require(run.code == 0, "\(run)")
        let answers = run.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(answers.count > 40)
        for answer in answers where !ProbeSource.passed.contains(answer[0]) {
            let name = answer[0]
            let wanted =
                ProbeSource.refused.contains(name)
                ? "EPERM"
                : ProbeSource.unknown.contains(name) ? "ENOSYS" : ProbeSource.killed.contains(name) ? "killed" : "ok"
            #expect(answer[1] == wanted, "\(name)")
        }
    }

    /// A program by the name by which it is looked for, and what it does.
    struct Work: Sendable, CustomTestStringConvertible {
        let program: String
        let command: String

        var testDescription: String { program }
    }

    static let works = [
        Work(
            program: "gcc",
            command: """
                printf '#include <stdio.h>\\nint main(void) { puts("made"); }\\n' > a.c
                gcc -O2 -pthread a.c -o a && test "$(./a)" = made && gcc -fsanitize=address a.c -o b && ./b
                """
        ),
        Work(
            program: "git",
            command: """
                git init -q r && cd r && git config user.email a@b && git config user.name n && echo x > f
                git add f && git commit -qm one && git log --oneline | grep one && git gc -q && git clone -q . ../s
                """
        ),
        Work(
            program: "python3",
            command: """
                cat > t.py <<'END'
                import asyncio, multiprocessing, os, socket, ssl, subprocess, tempfile, threading
                async def later():
                    process = await asyncio.create_subprocess_exec("true")
                    assert await process.wait() == 0
                if __name__ == "__main__":
                    assert subprocess.run(["echo", "x"], capture_output=True).stdout == b"x\\n"
                    thread = threading.Thread(target=os.getpid); thread.start(); thread.join()
                    asyncio.run(later())
                    with multiprocessing.Pool(2) as pool: assert pool.map(abs, [-1, -2]) == [1, 2]
                    listener = socket.create_server(("127.0.0.1", 0))
                    socket.create_connection(listener.getsockname()).close()
                    tempfile.TemporaryFile().write(b"x")
                END
                python3 t.py
                """
        ),
        Work(program: "perl", command: #"perl -e 'my $p = fork // die; exit 7 unless $p; wait; die if $? >> 8 != 7'"#),
        Work(
            program: "make",
            command: "printf 'all: a b c\\na b c:\\n\\t@sleep 0.05; echo $@\\n' > Makefile; make -j3"
        ),
        Work(
            program: "tar",
            command: """
                mkdir -p d/e && echo x > d/e/f && ln -s f d/e/l && mkfifo d/p && tar czf t.tgz d && rm -r d
                tar xzf t.tgz && test "$(cat d/e/l)" = x && test -p d/p
                """
        ),
        Work(program: "curl", command: "curl -sS --max-time 5 http://127.0.0.1:9/ || test $? = 7"),
        Work(
            program: "sort",
            command: "test \"$(seq 50000 | sort -R --parallel=4 -S 1M | sort -n | tail -1)\" = 50000"
        ),
        Work(program: "bash", command: "bash -ic 'sleep 0.05 & jobs; wait; set -m; sleep 0.05 & fg; cat <(echo x)'"),
        Work(program: "strace", command: "strace -f -o s sh -c 'true | true' && grep -q exit_group s"),
        Work(
            program: "node",
            command: """
                node -e 'const {Worker} = require("worker_threads"); const {execSync} = require("child_process");
                new Worker("", {eval: true}).on("exit", () => console.log(execSync("echo x") + ""))' | grep x
                """
        ),
        Work(
            program: "java",
            command: """
                echo 'public class H { public static void main(String[] a) throws Exception {
                new ProcessBuilder("true").start().waitFor(); System.gc(); System.out.println("x"); } }' > H.java
                java -Xmx64m H.java | grep x
                """
        ),
    ]

    @Test(
        "real programs work",
        .enabled(if: Requirements.has("bwrap"), "bubblewrap is needed"),
        arguments: works,
        Requirements.users
    )
    func programs(work: Work, user: UInt32?) throws {
        // Not every machine has each; what there is has to work.
        guard try self.run("command -v \(work.program)", user: user).code == 0 else { return }
        let run = try run("set -e\n\(work.command)", user: user)
        #expect(run.code == 0, "\(run)")
    }
}
