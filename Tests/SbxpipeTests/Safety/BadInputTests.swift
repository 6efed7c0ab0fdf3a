import HostFiles
import TestSupport
import Testing

/// Limits, ids, filters and runtimes that make no sense (issue 4, "Bad input"): one line each, and nothing left.
@Suite("Bad input", .tags(.large), .needsBubblewrap)
struct BadInputTests {
    private static let flags: [(flags: [String], words: [String])] = [
        (["--memory", "0"], ["resources.memory", "above zero"]), (["--memory=-1"], ["--memory"]),
        (["--memory", "99999999999T"], ["--memory"]),
        (["--set", "resources.swap=0"], ["resources.swap", "above zero"]),
        (["--memory", "2M", "--set", "resources.swap=1M"], ["resources.swap"]),
        (["--pids-limit", "0"], ["--pids-limit"]),
        (["--pids-limit=-5"], ["--pids-limit"]), (["--pids-limit", "99999999999"], ["--pids-limit", "4194304"]),
        (["--cpus", "0"], ["--cpus"]), (["--cpus=-1"], ["--cpus"]), (["--timeout", "0"], ["--timeout"]),
        (["--timeout=-1s"], ["--timeout"]), (["--set", "resources.grace=-1s"], ["resources.grace"]),
        (["--ulimit", "nofile=-2"], ["--ulimit"]), (["--ulimit", "nofile=5:3"], ["resources.rlimits.nofile"]),
        (["--ulimit", "nofoo=3"], ["--ulimit", "nofoo"]), (["--ulimit", "nofile=99999999999999999999"], ["--ulimit"]),
        (["--cap-add", "NOSUCH"], ["--cap-add", "NOSUCH"]), (["--cap-drop", "CAP_"], ["--cap-drop"]),
        (["--user", "nosuch"], ["--user"]), (["--user", "4294967295"], ["--user"]), (["--user=-1"], ["--user"]),
        (["--user", "1:nosuch"], ["--user"]),
        (["--security-opt", "seccomp=none.json"], ["seccomp.file", "none.json"]),
        (["--security-opt", "seccomp=folder"], ["seccomp.file", "is a folder"]),
        (["--security-opt", "seccomp=huge"], ["seccomp.file", "1073741824 bytes"]),
        (["--security-opt", "seccomp=text"], ["seccomp.file", "line 1"]),
        (["--security-opt", "seccomp=action"], ["seccomp.file", "defaultAction"]),
        (["--security-opt", "seccomp=call"], ["seccomp.file", "there is no system call \"nosuch\""]),
    ]

    @Test("Limits, capabilities, users and filters that there are not", arguments: Requirements.users.suffix(1))
    func values(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        try lab.folder.folder("folder")
        try lab.folder.write("no JSON", to: "text")
        try lab.folder.write(#"{"defaultAction": "SCMP_ACT_NOSUCH"}"#, to: "action")
        let call = #"{"names": ["nosuch"], "action": "SCMP_ACT_ALLOW"}"#
        try lab.folder.write(#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [\#(call)]}"#, to: "call")
        try lab.own()
        _ = try lab.outside("truncate -s 1G huge")
        for (flags, words) in Self.flags {
            let run = try lab.tool(["run"] + flags + ["--", "/bin/echo", "RAN"])
            expectRefused(run, 125)
            for word in words { #expect(run.errorText.contains(word), "\(flags): \(run)") }
        }
        let left = try lab.outside("find . -path '*/refs/*' -type f; find . -path '*/cache/tmp/*'")
        #expect(left.text.isEmpty, "\(left)")
    }

    @Test(
        "A runtime that crashes, or says that it did, is named, and no other takes its place",
        .needsCompiler,
        arguments: Requirements.users.suffix(1)
    )
    func runtimes(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let bodies = ["return 139;", "raise(SIGSEGV);", "puts(\"runc version none\");"]
        for (index, body) in bodies.enumerated() {
            let source = "#include <signal.h>\n#include <stdio.h>\nint main(void) { \(body) return 0; }\n"
            try Compiler.build(source, to: lab.folder("runtime\(index)"))
            try lab.own()
            for name in ["bwrap", "runc", "crun", "runsc"] {
                let variables = ["SBXPIPE_" + name.uppercased(): lab.folder("runtime\(index)")]
                let words = ["run", "--runtime", name, "--", "/bin/echo", "RAN"]
                let run = try lab.tool(words, environment: variables)
                expectRefused(
                    run,
                    125,
                    "runtime: launcher \(lab.folder("runtime\(index)")): --version printed no version"
                )
            }
        }
    }

    @Test(
        "Where nothing works each runtime is refused by its name, and auto by the first",
        arguments: Requirements.users.suffix(1)
    )
    func nothing(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        for name in ["auto", "bwrap", "runc", "crun", "runsc"] {
            let run = try lab.tool(
                ["run", "--runtime", name, "--", "/bin/echo", "RAN"],
                environment: ["PATH": "/none"]
            )
            expectRefused(run, 125, "runtime: \(name == "auto" ? "bwrap" : name) is not on PATH", "hint: ")
        }
    }
}
