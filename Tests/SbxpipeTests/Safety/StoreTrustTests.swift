import HostFiles
import JSONText
import TestSupport
import Testing

/// Stores from elsewhere: to be looked at, and not run without `--allow` (SAFETY.md, promise 10).
@Suite("A store from elsewhere", .tags(.large), .needsBubblewrap)
struct StoreTrustTests {
    /// Who finds the store: another machine's key of the same user, or another user.
    enum Finder: String, CaseIterable { case machine, user }

    private struct Found {
        let lab: StoreLab
        let plan: String
        let run: String
        let state: [String: String]

        func tool(_ arguments: String...) throws -> ToolRun {
            try lab.lab.tool(arguments, in: lab.lab.folder("away"), environment: state)
        }
    }

    /// A store with a plan and a run of the spec `a.json`, in the hands of another.
    private func found(_ finder: Finder, _ user: UInt32?, more: String = "") throws -> Found? {
        let maker = try StoreLab(finder == .user ? (user == nil ? 4321 : nil) : user)
        try maker.spec("a", prints: "RAN", more: more)
        let run = try maker.tool("exec", "a.json")
        #expect(run.code == 0 && run.text == "RAN\n", "\(run)")
        let plan = try #require(try maker.listed("plans").first)
        let digest = try #require(try maker.listed("runs").first)
        var lab = maker
        if finder == .user {
            lab = try StoreLab(user)
            try Folder.makeAll(AbsolutePath.parent(lab.store))
            let copy = try Program.run(["/bin/cp", "-r", maker.store, lab.store], in: "/", environment: [:])
            #expect(copy.code == 0, "\(copy)")
        }
        // From where the spec can't be found.
        try lab.lab.folder.folder("away")
        try lab.lab.own()
        return Found(lab: lab, plan: plan, run: digest, state: ["XDG_STATE_HOME": lab.lab.home + "/elsewhere"])
    }

    private static var finders: [Finder] { Requirements.isRoot ? Finder.allCases : [.machine] }

    @Test("Its plans and runs can be looked at, and are said to be imported", arguments: Requirements.users, finders)
    func looked(user: UInt32?, finder: Finder) throws {
        guard let found = try found(finder, user) else { return }
        for reference in ["last", "a", found.run, found.plan] {
            let text = try found.tool("inspect", reference)
            #expect(text.code == 0 && text.errors.isEmpty && text.text.contains("imported"), "\(text)")
            #expect(try found.tool("inspect", reference, "--json").json()["imported"] == true)
            #expect(try found.tool("inspect", reference, "archive").code == 0)
        }
        #expect(try found.tool("cat", "last", "6-collect/stdout").text == "RAN\n")
        #expect(try found.tool("logs", "last").text == "RAN\n")
        let items = try found.tool("ls", "--json").json()["items"]?.arrayValue ?? []
        #expect(items.count == 2 && items.allSatisfy { $0["imported"] == true }, "\(items)")
        let table = try found.tool("ls").text.split(separator: "\n").dropFirst()
        #expect(table.count == 2 && table.allSatisfy { $0.hasSuffix("(imported)") }, "\(table)")
    }

    @Test("Nothing of it runs until all that it wants is allowed", arguments: Requirements.users, finders)
    func refused(user: UInt32?, finder: Finder) throws {
        guard let found = try found(finder, user, more: ", \"network\": \"host\"") else { return }
        let hint = "hint: look at it with sbxpipe inspect"
        for words in [[], ["last"], ["a"], [found.plan], [found.run], [String(found.plan.dropFirst(7).prefix(8))]] {
            let run = try found.lab.lab.tool(
                ["exec"] + words,
                in: found.lab.lab.folder("away"),
                environment: found.state
            )
            expectRefused(run, 125, "a: the plan was not made by you", "host-mounts (/ (ro))", "network (host)", hint)
            #expect(run.errorText.contains("--allow host-mounts,network"), "\(run)")
        }
        expectRefused(try found.tool("plan", "a"), 2, "host-mounts", "network")
        expectRefused(try found.tool("plan", found.plan, "--print-command"), 2, "host-mounts", "network")
        expectRefused(try found.tool("exec", "--set", "hostname=x", "a"), 125, "changes", "host-mounts,network,changes")
        expectRefused(try found.tool("exec", "--runtime", "bwrap", "a"), 125, "changes")
        for allowed in ["host-mounts", "network", "changes,sockets,secrets", "host-mounts,changes"] {
            expectRefused(try found.tool("exec", "--allow", allowed, "a"), 125, "the plan was not made by you")
        }
        expectRefused(
            try found.tool("exec", "--allow", "host-mounts,network", "--set", "hostname=x", "a"),
            125,
            "changes"
        )
        expectRefused(try found.tool("exec", "--allow", "everything", "a"), 125, "everything", "host-mounts, sockets")
        expectRefused(try found.tool("plan", "--allow", "", "a"), 64, "--allow")
        #expect(try found.lab.names("refs/runs").count == 1, "nothing ran")

        // Another command in its sandbox is a change, and a shell is one.
        expectRefused(
            try found.tool("shell", "--allow", "host-mounts,network", "a", "--", "/bin/echo", "IN"),
            125,
            "changes"
        )
        let shell = try found.tool("shell", "--allow", "host-mounts,network,changes", "a", "--", "/bin/echo", "IN")
        #expect(shell.code == 0 && shell.text == "IN\n", "\(shell)")

        let run = try found.tool("exec", "--allow", "network", "--allow", "host-mounts", "a")
        #expect(run.code == 0 && run.text == "RAN\n" && run.errors.isEmpty, "\(run)")
        // That it was allowed once makes it nobody's own.
        expectRefused(try found.tool("exec", "a"), 125, "the plan was not made by you")
        let changed = try found.tool("exec", "--allow", "changes,host-mounts,network", "--set", "hostname=x", "a")
        #expect(changed.code == 0 && changed.text == "RAN\n", "\(changed)")
        let items = try found.tool("ls", "--runs", "--json").json()["items"]?.arrayValue ?? []
        #expect(items.count == 4 && items.count { $0["imported"] == true } == 1, "\(items)")
    }

    @Test("Its secrets are read here when that is allowed, and not before", arguments: Requirements.users)
    func secrets(user: UInt32?) throws {
        let more = ", \"secrets\": {\"T\": {\"file\": \"/etc/passwd\", \"at\": \"/run/t\"}}"
        guard let found = try found(.machine, user, more: more) else { return }
        let refused = try found.tool("exec", "--allow", "host-mounts", "a")
        expectRefused(
            refused,
            125,
            "a: the plan was not made by you",
            "secrets (T from /etc/passwd)",
            "--allow secrets"
        )
        let run = try found.tool("exec", "--allow", "host-mounts,secrets", "a")
        #expect(run.code == 0 && run.text == "RAN\n" && run.errors.isEmpty, "\(run)")
    }

    @Test("Its spec is planned anew, whatever the store says of it", arguments: Requirements.users, finders)
    func plannedAnew(user: UInt32?, finder: Finder) throws {
        guard let found = try found(finder, user) else { return }
        try found.lab.spec("a", prints: "RAN")
        let plan = try found.lab.lab.tool(["plan", "a.json"], environment: found.state)
        #expect(plan.code == 0 && !plan.text.contains("hit"), "\(plan)")
        let again = try found.lab.lab.tool(["plan", "a.json"], environment: found.state)
        #expect(!again.text.contains("ran "), "\(again)")
        let run = try found.lab.lab.tool(["exec", "a"], environment: found.state)
        #expect(run.code == 0 && run.text == "RAN\n", "\(run)")
    }

    @Test("A whole one that is another user's is refused when named, and passed over when found")
    func others() throws {
        guard Requirements.isRoot else { return }
        let lab = try StoreLab(4321)
        #expect(try lab.tool("run", "--store", "st", "--", "/bin/echo", "RAN").code == 0)
        let mine = try StoreLab()
        for words in [
            ["ls"], ["cache", "gc"], ["cache", "verify"], ["rm", "last"], ["inspect"], ["exec"], ["stop", "x"],
        ] {
            let run = try mine.lab.tool(words + ["--store", lab.lab.folder("st")])
            expectRefused(run, words == ["exec"] ? 125 : 2, "belongs to user 4321")
        }
    }

    @Test(
        "A config.json from elsewhere is never given to a runtime, whatever is allowed; its spec is bound anew",
        .enabled(if: Requirements.has("runc"), "runc is not installed"),
        arguments: Requirements.users
    )
    func containers(user: UInt32?) throws {
        guard let found = try found(.machine, user, more: ", \"runtime\": \"runc\"") else { return }
        let all = "host-mounts,sockets,secrets,network,changes"
        let run = try found.tool("exec", found.plan, "--allow", all)
        #expect(run.code == 125 && run.output.isEmpty, "\(run)")
        #expect(run.errorText.contains("its config.json for runc is not run as it is"), "\(run)")
        let anew = try found.tool("exec", found.plan, "--runtime", "runc", "--allow", all)
        #expect(anew.code == 0 && anew.text == "RAN\n", "\(anew)")
    }
}
