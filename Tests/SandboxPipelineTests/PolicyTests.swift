import HostFiles
import SandboxPipeline
import TestSupport
import Testing

@Suite("A policy", .tags(.large), .enabled(if: Requirements.has("bwrap")))
struct PolicyTests {
    private func policy(_ change: (inout SandboxPolicy) -> Void) -> SandboxPolicy {
        var policy = SandboxPolicy()
        change(&policy)
        return policy
    }

    @Test("by itself a policy allows reading the host, and no writing and no network")
    func nothing() throws {
        let program = try Program()
        let seen = try program.run(
            "cat \(program.work)/file; touch \(program.work)/new; ls /sys/class/net",
            under: SandboxPolicy()
        )
        #expect(!seen.errors.isEmpty)
        try program.folder.write("content", to: "work/file")
        let again = try program.run("cat \(program.work)/file; touch \(program.work)/new", under: SandboxPolicy())
        // A test's folder lies below /tmp, which every preset has empty.
        #expect(again.run.exitCode != 0)
        #expect(try FileStatus.of(program.work + "/new") == nil)
        let network = try program.run("cat /proc/net/dev | grep -c :", under: SandboxPolicy())
        #expect(network.output == "1\n")
        #expect(try program.run("cat /proc/version; touch /usr/x", under: SandboxPolicy()).errors.contains("Read-only"))
    }

    @Test("what may be written can be, and what is not there is passed over")
    func allowWrite() throws {
        let program = try Program()
        let file = try program.folder.write("", to: "one/file")
        let policy = policy { $0.allowWrite = [program.work, file, program.folder("none")] }
        let seen = try program.run(
            "echo a > made; echo b > \(file); echo c > \(program.folder("one/other"))",
            under: policy
        )
        #expect(seen.run.exitCode == 0)
        #expect(try program.folder.read("work/made") == "a\n")
        #expect(try program.folder.read("one/file") == "b\n")
        // Below /tmp, which is private, the folder above is one of the sandbox's own.
        #expect(try FileStatus.of(program.folder("one/other")) == nil)
    }

    @Test("a denied write beats an allowed one: of the same folder, one below, one above, and by another name")
    func denyWriteWins() throws {
        let program = try Program()
        try program.folder.write("kept", to: "work/inner/file")
        try Folder.link(program.folder("alias"), to: program.work)
        let script = "echo changed > inner/file; touch inner/new; echo fine > ok"
        for denied in [program.work, program.work + "/inner", program.folder.path, program.folder("alias/inner")] {
            let seen = try program.run(
                script,
                under: policy {
                    $0.allowWrite = [program.work]
                    $0.denyWrite = [denied]
                }
            )
            #expect(seen.errors.contains("Read-only file system"), "\(denied)")
            #expect(try program.folder.read("work/inner/file") == "kept")
            #expect(try FileStatus.of(program.work + "/inner/new") == nil)
        }
        #expect(try program.folder.read("work/ok") == "fine\n")
    }

    @Test("what may not be written can't be put in its place by renaming the folders above")
    func denyWriteHolds() throws {
        let program = try Program()
        try program.folder.write("kept", to: "work/a/b/file")
        let script = "mv a c; mv a/b a/d; rm -rf a/b/file; mkdir -p a/b; echo x > a/b/file; true"
        _ = try program.run(
            script,
            under: policy {
                $0.allowWrite = [program.work]
                $0.denyWrite = ["a/b"]
            }
        )
        #expect(try program.folder.read("work/a/b/file") == "kept")
    }

    @Test("a denied write of what could be made is an error, and of what can't be made it is none")
    func denyMissing() throws {
        let program = try Program()
        let allowing = policy {
            $0.allowWrite = [program.work]
            $0.denyWrite = [".git/hooks"]
        }
        let error = #expect(throws: SandboxError.self) { try program.run("true", under: allowing) }
        #expect(error?.code == .invalidSpecification)
        #expect(error?.message.contains(".git") == true)
        try Folder.link(program.folder("alias"), to: program.work)
        let alias = policy {
            $0.allowWrite = [program.work]
            $0.denyWrite = [program.folder("alias/.git")]
        }
        #expect(throws: SandboxError.self) { try program.run("true", under: alias) }
        let harmless = policy {
            $0.allowWrite = [program.work]
            $0.denyWrite = ["/usr/none", "/none"]
        }
        #expect(try program.run("true", under: harmless).run.exitCode == 0)
    }

    @Test("a path by a symlink that a command could have made, or could replace, is an error")
    func detours() throws {
        let program = try Program()
        try Folder.link(program.work + "/build", to: "/etc")
        try Folder.link(program.work + "/.git", to: ".")
        let changes: [(inout SandboxPolicy) -> Void] = [
            { $0.allowWrite = [program.work, "build"] }, { $0.allowWrite = ["build/inner", program.work] },
            {
                $0.allowWrite = [program.work]
                $0.denyWrite = [".git/hooks"]
            },
            {
                $0.allowWrite = [program.work]
                $0.readable = .systemFolders(and: ["build"])
            },
        ]
        for change in changes {
            let error = #expect(throws: SandboxError.self) {
                try policy(change).specification(for: ["true"], folder: program.work)
            }
            #expect(error?.code == .invalidSpecification)
            #expect(error?.message.contains("symlink") == true)
        }
        // A symlink on the way to the folder is the user's own.
        try Folder.link(program.folder("alias"), to: program.work)
        let aliased = policy { $0.allowWrite = [program.folder("alias")] }
        #expect(try program.run("true", under: aliased).run.exitCode == 0)
    }

    @Test("a denied read beats all that allows, and what is not there is passed over")
    func denyRead() throws {
        let program = try Program()
        try program.folder.write("secret", to: "work/.env")
        try program.folder.write("secret", to: "work/keys/one")
        try Folder.link(program.work + "/link", to: ".env")
        let denying = policy {
            $0.allowWrite = [program.work, program.work + "/.env"]
            $0.denyRead = [".env", "keys", "none", "/usr/none"]
        }
        let seen = try program.run(
            "cat .env link; ls -A keys; cat keys/one; echo x > .env; mv .env y; true",
            under: denying
        )
        #expect(!seen.output.contains("secret"))
        #expect(seen.output.isEmpty)
        #expect(try program.folder.read("work/.env") == "secret")
        let above = policy {
            $0.allowWrite = [program.work]
            $0.denyRead = [program.folder.path]
        }
        #expect(try program.run("ls -A", under: above).output.isEmpty)
    }

    @Test("denying all writes leaves nothing that was allowed, and denying all reads is an error")
    func root() throws {
        let program = try Program()
        let denied = policy {
            $0.allowWrite = [program.work, "/"]
            $0.denyWrite = ["/"]
        }
        let specification = try denied.specification(for: ["touch", program.work + "/x"])
        #expect(try program.pipeline.exec(program.pipeline.plan(specification)).exitCode != 0)
        #expect(try FileStatus.of(program.work + "/x") == nil)
        let error = #expect(throws: SandboxError.self) {
            try policy { $0.denyRead = ["/"] }.specification(for: ["true"])
        }
        #expect(error?.code == .invalidSpecification)
        let all = try policy { $0.allowWrite = ["/"] }.specification(for: ["true"])
        #expect(all.json.contains(#""host": "rw""#))
    }

    @Test("of a host that is not readable, the system's folders and the paths named are there, and nothing else")
    func systemFolders() throws {
        let program = try Program()
        try #require(try FileStatus.of("/var/lib")?.kind == .folder)
        try program.folder.write("named", to: "named/file")
        let narrow = policy {
            $0.readable = .systemFolders(and: [program.folder("named"), "/var/lib/dpkg", "/none"])
            $0.allowWrite = [program.work]
        }
        let seen = try program.run(
            "cat \(program.folder("named/file")); echo; ls /var /var/lib; ls /opt /srv /boot; touch made;"
                + " touch \(program.folder("named/x"))",
            under: narrow
        )
        #expect(seen.output.hasPrefix("named\n"))
        #expect(!seen.output.contains("cache"))
        for folder in ["/opt", "/srv", "/boot"] { #expect(seen.errors.contains("'\(folder)'"), "\(seen.errors)") }
        #expect(try FileStatus.of(program.work + "/made") != nil)
        #expect(try FileStatus.of(program.folder("named/x")) == nil)
        let clash = policy {
            $0.readable = .systemFolders(and: [])
            $0.preset = .baseline
        }
        let error = #expect(throws: SandboxError.self) { try clash.specification(for: ["true"]) }
        #expect(error?.code == .invalidSpecification)
    }

    @Test("network, environment and preset are what the policy says")
    func others() throws {
        let program = try Program()
        let policy = policy {
            $0.allowNetwork = true
            $0.environment = ["ONE": "1"]
            $0.inheritedVariables = []
            $0.preset = .restricted
        }
        let specification = try policy.specification(for: ["env"], name: "others")
        #expect(specification.json.contains(#""network": "host""#))
        #expect(specification.json.contains(#""preset": "restricted""#))
        let run = try program.pipeline.exec(try program.pipeline.plan(specification))
        #expect(try program.read(run).output.split(separator: "\n").sorted() == ["ONE=1", "PWD=/"])
    }

    @Test("every limit is set, or refused by name: none is dropped")
    func resources() throws {
        let program = try Program()
        if !Requirements.isRoot {
            var policy = SandboxPolicy()
            policy.resources.memory = 1 << 30
            let specification = try policy.specification(for: ["true"])
            let error = #expect(throws: SandboxError.self) { try program.pipeline.plan(specification) }
            #expect(error?.code == .notEnforced)
            #expect(error?.control == "resources.memory")
        }
        var policy = SandboxPolicy()
        policy.resources.openFiles = 64
        #expect(try program.run("test $(ulimit -n) = 64", under: policy).run.exitCode == 0)
        policy.resources.timeout = .milliseconds(700)
        let late = try program.run("sleep 60", under: policy).run
        #expect(late.exitCode == 124 && late.reason == .timeout && late.failure?.domain == .limit)
        if Requirements.isRoot {
            policy.resources = SandboxPolicy.Resources()
            policy.resources.memory = 1 << 30
            policy.resources.processes = 10
            policy.resources.processors = 1.5
            #expect(try program.run("true", under: policy).run.exitCode == 0)
        }
    }

    @Test("a path that can't be one is an error", arguments: ["", "a\u{0}b"])
    func badPaths(path: String) {
        for change in [{ $0.allowWrite = [path] }, { $0.denyRead = [path] }] as [(inout SandboxPolicy) -> Void] {
            let error = #expect(throws: SandboxError.self) { try policy(change).specification(for: ["true"]) }
            #expect(error?.code == .invalidSpecification)
        }
    }
}
