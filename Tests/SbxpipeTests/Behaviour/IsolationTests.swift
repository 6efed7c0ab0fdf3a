import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("What the caller has and the command must not", .tags(.large), .needsBubblewrap)
struct IsolationTests {
    @Test(
        "The caller's descriptors are not there inside",
        arguments: Requirements.users,
        ["baseline", "overlay", "privileged"]
    )
    func descriptors(user: UInt32?, preset: String) throws {
        let space = try Workspace("descriptors", user: user)
        let script = "for n in 3 4 5 6 7 8 9 10 63 199 200 255; do [ -e /proc/self/fd/$n ] && echo $n; done; echo done"
        let run = try space.tool(
            ["run", "--preset", preset, "--", "/bin/sh", "-c", script],
            through:
                "exec 7</etc/passwd 63</etc 200</dev/null; [ -e /proc/self/fd/200 ] || exit 99; exec \"$0\" \"$@\"",
            shell: "/bin/bash"
        )
        #expect(run.code == 0, "\(run)")
        #expect(run.text == "done\n")
    }

    @Test("No process inside has more of an environment than was rendered", arguments: Requirements.users)
    func environments(user: UInt32?) throws {
        let space = try Workspace("environs", user: user)
        let run = try space.tool(
            [
                "run", "-e", "SHOWN=yes", "--", "/bin/sh", "-c",
                "for p in /proc/[0-9]*; do tr '\\0' '\\n' <$p/environ && echo @$p; done",
            ],
            adding: ["CALLER_MARKER": "should-not-be-seen", "LC_TEST": "kept"]
        )
        #expect(run.code == 0, "\(run)")
        let lines = run.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("@/proc/1"), "bubblewrap's reaper is looked at too")
        let variables = try space.artefact("2-env/env.json")["variables"]?.arrayValue ?? []
        let rendered = Set(variables.map { "\($0["name"]?.stringValue ?? "")=\($0["value"]?.stringValue ?? "")" })
        for line in lines where !line.hasPrefix("@") { #expect(rendered.contains(line), "\(line)") }
        #expect(lines.contains("SHOWN=yes") && lines.contains("LC_TEST=kept"))
        #expect(!run.text.contains("CALLER_MARKER") && !run.text.contains("should-not-be-seen"))
        #expect(!run.text.contains(space.store), "the store's place is not told")
    }

    @Test("The command line inside shows no variable", arguments: Requirements.users)
    func commandLines(user: UInt32?) throws {
        let space = try Workspace("cmdlines", user: user)
        let run = try space.tool(
            ["run", "-e", "QUIET=only-in-the-environment", "--", "/bin/sh", "-c", "cat /proc/[0-9]*/cmdline"]
        )
        #expect(run.code == 0, "\(run)")
        #expect(!run.text.isEmpty)
        #expect(!run.text.contains("only-in-the-environment"))
    }

    @Test("A library of LD_PRELOAD is loaded inside and never outside", .needsCompiler, arguments: Requirements.users)
    func preload(user: UInt32?) throws {
        let space = try Workspace("preload", user: user)
        let library = space.folder("work/preload.so")
        let source = """
            #include <fcntl.h>
            #include <stdio.h>
            #include <string.h>
            #include <unistd.h>
            __attribute__((constructor)) static void loaded(void) {
                char name[64] = "";
                int file = open("/proc/self/comm", O_RDONLY);
                if (file < 0 || read(file, name, sizeof name - 1) < 0) return;
                close(file);
                if (!strncmp(name, "bwrap", 5)) close(open(MARKER, O_CREAT | O_WRONLY, 0644));
                else dprintf(1, "loaded in %s", name);
            }
            """
        let marker = space.folder("work/marker")
        try Compiler.build(source, to: library, flags: ["-shared", "-fPIC", "-DMARKER=\"\(marker)\""])
        try space.giveAway()
        for variable in ["LD_PRELOAD", "LD_AUDIT"] {
            let (run, _) = try space.exec([
                "preset": "overlay", "command": ["/bin/sh", "-c", "echo shell"],
                "env": ["set": .object([variable: .string(library)])],
            ])
            #expect(run.code == 0, "\(run)")
            if variable == "LD_PRELOAD" { #expect(run.text == "loaded in sh\nshell\n") }
            let made = try FileStatus.of(marker)
            #expect(made == nil, "\(variable) had an effect outside")
        }
        // The library does what it is meant to: bubblewrap started with it leaves the marker.
        _ = try Program.run(
            ["/usr/bin/bwrap", "--dev-bind", "/", "/", "/bin/true"],
            in: space.work,
            environment: ["LD_PRELOAD": library],
            user: user
        )
        let control = try FileStatus.of(marker)
        #expect(control != nil)
    }
}
