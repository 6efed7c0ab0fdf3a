import JSONText
import TestSupport
import Testing

@Suite("Exit codes", .tags(.large), .needsBubblewrap)
struct ExitCodeTests {
    /// All of them: a byte.
    private static let codes: [Int32] = Array(0...255)

    private func domain(_ record: JSONValue?) -> String? { record?["failure"]?["domain"]?.stringValue }

    @Test("A command's own code is passed on as it is", arguments: Requirements.users)
    func ownCodes(user: UInt32?) throws {
        let space = try Workspace("codes", user: user)
        for code in Self.codes {
            let (run, record) = try space.recorded(["run", "--", "/bin/sh", "-c", "exit \(code)"])
            #expect(run.code == code, "\(run)")
            #expect(record?["exitCode"] == .integer(Int64(code)))
            #expect(domain(record) == (code == 0 ? nil : "command"))
            #expect(record?["signal"] == nil, "the kernel did not say so")
            #expect(record?["plan"]?.stringValue?.hasPrefix("sha256:") == true)
            #expect(record?["survivors"] == 0)
            if !(129...192).contains(code) { #expect(record?["reason"] == "exited") }
            if code == 125 { #expect(domain(record) == "command") }
        }
    }

    @Test("A signal is 128 and its number", arguments: Requirements.users)
    func signals(user: UInt32?) throws {
        let space = try Workspace("signals", user: user)
        for (name, number) in [("KILL", Int64(9)), ("TERM", 15), ("SEGV", 11), ("HUP", 1)] {
            let (run, record) = try space.recorded(["run", "--", "/bin/sh", "-c", "kill -\(name) $$; sleep 5"])
            #expect(run.code == Int32(128 + number), "\(run)")
            #expect(record?["reason"] == "signaled")
            #expect((record?["signal"] ?? record?["signalLikely"]) == .integer(number))
            #expect(domain(record) == "command")
        }
    }

    @Test("The overlay preset passes codes and signals on alike", arguments: Requirements.users)
    func overlay(user: UInt32?) throws {
        let space = try Workspace("overlay-codes", user: user)
        for (script, code) in [("exit 42", Int32(42)), ("kill -9 $$", 137), ("exit 125", 125)] {
            let (run, record) = try space.recorded(["run", "--preset", "overlay", "--", "/bin/sh", "-c", script])
            #expect(run.code == code, "\(run)")
            #expect(domain(record) == "command")
        }
        #expect(try space.tool(["run", "--preset", "overlay", "--", "/no/such"]).code == 127)
        #expect(try space.tool(["run", "--preset", "overlay", "--", "/etc"]).code == 126)
    }

    @Test("What is not found inside is 127", arguments: Requirements.users)
    func notFound(user: UInt32?) throws {
        let space = try Workspace("notfound", user: user)
        try space.makeFolder("bin")
        try space.write("#!/no/such/interpreter\n", to: "bin/script", mode: 0o755)
        for command in ["no-such-command-anywhere", "/no/such/file", "./relative", "/x/script"] {
            let (run, record) = try space.recorded(["run", "-v", "\(space.work)/bin:/x:ro", "--", command])
            #expect(run.code == 127, "\(command): \(run)")
            #expect(domain(record) == "command", "\(command)")
            #expect(record?["exitCode"] == 127)
            #expect(record?["reason"] == "failed")
            #expect(run.errorLines.count == 1, "\(run)")
            #expect(run.errorText.contains(command))
        }
    }

    @Test("A command that is there outside and not inside is 127", arguments: Requirements.users)
    func outsideOnly(user: UInt32?) throws {
        let space = try Workspace("outside", user: user)
        let script = try space.write("#!/bin/sh\necho ran\n", to: "tool", mode: 0o755)
        let run = try space.tool(["run", "--", script])
        #expect(run.code == 127, "\(run)")
        #expect(run.text.isEmpty)
    }

    @Test("What is found and can't be executed is 126", arguments: Requirements.users)
    func notExecutable(user: UInt32?) throws {
        let space = try Workspace("notexec", user: user)
        try space.makeFolder("bin")
        try space.makeFolder("bin/folder")
        try space.write("#!/bin/sh\nexit 0\n", to: "bin/plain", mode: 0o644)
        try space.write("echo a shell would run this\n", to: "bin/text", mode: 0o755)
        try space.write("", to: "bin/empty", mode: 0o755)
        try space.write(Self.otherMachine, to: "bin/s390", mode: 0o755)
        for name in ["folder", "plain", "text", "empty", "s390"] {
            let (run, record) = try space.recorded(["run", "-v", "\(space.work)/bin:/x:ro", "--", "/x/\(name)"])
            #expect(run.code == 126, "\(name): \(run)")
            #expect(domain(record) == "command", "\(name)")
            #expect(record?["exitCode"] == 126)
            #expect(record?["reason"] == "failed")
            #expect(run.text.isEmpty)
        }
    }

    @Test("On the PATH a file that may not be executed is 126, unless a later entry has a good one")
    func pathSearch() throws {
        let space = try Workspace("pathsearch")
        try space.makeFolder("bad")
        try space.makeFolder("good")
        try space.write("#!/bin/sh\n", to: "bad/thing", mode: 0o644)
        try space.write("#!/bin/sh\necho good\n", to: "good/thing", mode: 0o755)
        let mounts = ["-v", "\(space.work)/bad:/bad:ro", "-v", "\(space.work)/good:/good:ro"]
        let one = try space.tool(["run"] + mounts + ["-e", "PATH=/bad:/bin", "--", "thing"])
        #expect(one.code == 126, "\(one)")
        let two = try space.tool(["run"] + mounts + ["-e", "PATH=/bad:/good:/bin", "--", "thing"])
        #expect(two.code == 0, "\(two)")
        #expect(two.text == "good\n")
    }

    @Test("An ELF program and a script with #! run from a bind", arguments: Requirements.users)
    func good(user: UInt32?) throws {
        let space = try Workspace("good", user: user)
        try space.makeFolder("bin")
        try space.write("#!/bin/sh -e\necho script $1\n", to: "bin/script", mode: 0o755)
        let run = try space.tool(["run", "-v", "\(space.work)/bin:/x:ro", "--", "/x/script", "one"])
        #expect(run.code == 0, "\(run)")
        #expect(run.text == "script one\n")
    }

    /// The header of a 64-bit big-endian ELF program for s390 (elf(5): e_machine 22), without content.
    private static let otherMachine: String = {
        var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 2, 1] + [UInt8](repeating: 0, count: 9)
        bytes += [0, 2, 0, 22, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 40)
        return String(decoding: bytes, as: UTF8.self)
    }()
}
