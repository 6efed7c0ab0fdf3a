import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("The launcher's command line", .tags(.large), .needsBubblewrap)
struct CommandLineTests {
    private static let loader: [String: JSONValue] = [
        "LD_PRELOAD": "/no/such/preload.so", "LD_AUDIT": "/no/such/audit.so", "GCONV_PATH": "/no/such",
        "GLIBC_TUNABLES": "glibc.malloc.check=3", "GODEBUG": "gctrace=1", "BASH_ENV": "/no/such/script",
    ]

    private func overlay(_ space: Workspace, script: String = "exit 0") throws -> JSONValue {
        for name in ["a", "b", "w d"] { try space.makeFolder(name) }
        return [
            "preset": "overlay", "runtime": "bwrap", "workdir": .string(space.work + "/w d"),
            "command": ["/bin/sh", "-c", .string(script), "it's"],
            "mounts": [["bind": "a", "at": .string(space.work + "/b"), "mode": "rw"]],
            "env": ["inherit": ["PATH"], "set": ["ZULU": "last", "ALPHA": "one two"]],
        ]
    }

    /// What the issue says of preset overlay with one rw bind.
    private func expected(_ space: Workspace, launcher: String, script: String = "exit 0") -> [String] {
        [launcher, "--dev-bind", "/", "/", "--bind", space.work + "/a", space.work + "/b"]
            + ["--chdir", space.work + "/w d", "--die-with-parent", "--", "/bin/sh", "-c", script, "it's"]
    }

    @Test("Preset overlay with one rw bind is exactly these arguments", arguments: Requirements.users)
    func exactList(user: UInt32?) throws {
        let space = try Workspace("argv", user: user)
        try space.spec(try overlay(space))
        let bwrap = try #require(try AbsolutePath.real("/usr/bin/bwrap"))
        let list = try space.json(["plan", "sandbox.json", "--print-command", "--json"])
        #expect(list == .strings(expected(space, launcher: bwrap)))
    }

    @Test("The text form is one line that a shell reads as the same list")
    func shellQuoted() throws {
        let space = try Workspace("quoted")
        try space.spec(try overlay(space))
        let run = try space.tool(["plan", "--print-command"])
        #expect(run.code == 0, "\(run)")
        #expect(run.text.hasSuffix("\n") && run.text.split(separator: "\n").count == 1)
        let words = try Program.run(
            ["/bin/sh", "-c", "printf '%s\\n' \(run.text)"],
            in: space.work,
            environment: [:]
        )
        let bwrap = try #require(try AbsolutePath.real("/usr/bin/bwrap"))
        #expect(words.text.split(separator: "\n").map(String.init) == expected(space, launcher: bwrap))
    }

    @Test("Printing a command launches nothing and makes nothing on the host")
    func printingLaunchesNothing() throws {
        let space = try Workspace("nolaunch")
        try space.spec(try overlay(space, script: "echo ran >b/ran"))
        #expect(try space.tool(["plan", "--print-command", "--full"]).code == 0)
        #expect(try space.tool(["inspect", "last~0", "launch"]).code == 2)
        let made = try FileStatus.of(space.folder("work/a/ran"))
        #expect(made == nil)
    }

    @Test(
        "exec gives the launcher the printed list, and what --full shows",
        .needsCompiler,
        arguments: Requirements.users
    )
    func recordedOverlay(user: UInt32?) throws {
        let space = try Workspace("recorded", user: user)
        let recorder = try RecordingLauncher(space)
        let adding = ["SBXPIPE_BWRAP": recorder.path, "CALLERS_OWN": "not for the launcher"]
        let (run, record) = try space.exec(try overlay(space, script: "echo \"$ALPHA\""), adding: adding)
        #expect(run.code == 0, "\(run)")
        #expect(run.text == "one two\n")
        let plain = try space.json(["plan", "--print-command", "--json"], adding: adding)
        let full = try space.json(["plan", "--print-command", "--full", "--json"], adding: adding)
        let got = try recorder.record
        let printed = expected(space, launcher: recorder.path, script: "echo \"$ALPHA\"")
        #expect(plain == .strings(printed))
        #expect(record?["argv"] == plain)
        var withoutExtra = got.arguments
        let place = try #require(withoutExtra.firstIndex(of: "--args"))
        withoutExtra.removeSubrange(place...(place + 1))
        #expect(withoutExtra == printed)
        #expect(full["arguments"] == .strings(got.arguments))
        #expect(got.environment.isEmpty)
        #expect(full["environment"] == [])
        #expect(got.arguments[place + 1] == "4")
        expect(got, full)
        #expect(Set(got.descriptors.keys) == [0, 1, 2, 3, 4])
        #expect(got.descriptors[0] == "/dev/null")
        let extra = full["descriptors"]?["4"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(extra.first == "--clearenv")
        #expect(extra.count(where: { $0 == "--setenv" }) == 3)
        #expect(extra.contains("one two"))
    }

    @Test("The variables of a spec reach no process outside", .needsCompiler, arguments: Requirements.users)
    func loaderVariables(user: UInt32?) throws {
        let space = try Workspace("loader", user: user)
        let recorder = try RecordingLauncher(space)
        let (run, _) = try space.exec(
            [
                "command": ["/usr/bin/env"], "env": ["inherit": false, "set": .object(Self.loader)],
                "mounts": [["text": "hello\n", "at": "/greeting"]],
            ],
            adding: ["SBXPIPE_BWRAP": recorder.path]
        )
        #expect(run.code == 0, "\(run)")
        let seen = Set(run.text.split(separator: "\n").map(String.init))
        for (name, value) in Self.loader { #expect(seen.contains("\(name)=\(value.stringValue ?? "")"), "\(name)") }
        let got = try recorder.record
        #expect(got.environment.isEmpty)
        for name in Self.loader.keys { #expect(!got.arguments.contains { $0.contains(name) }, "\(name)") }
        let full = try space.json(
            ["plan", "--print-command", "--full", "--json"],
            adding: ["SBXPIPE_BWRAP": recorder.path]
        )
        expect(got, full)
        #expect(
            Set(got.descriptors.keys.map(String.init))
                == Set((full["descriptors"]?.objectValue ?? [:]).keys).union(["0", "1", "2"])
        )
        #expect(got.contents.values.contains(Array("hello\n".utf8)))
    }

    /// Each descriptor of the record holds what the view says.
    private func expect(
        _ got: RecordingLauncher.Record,
        _ full: JSONValue,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (number, view) in full["descriptors"]?.objectValue ?? [:] {
            guard let number = Int(number) else { continue }
            if let words = view.arrayValue?.compactMap(\.stringValue) {
                #expect(got.contents[number] == words.flatMap { Array($0.utf8) + [0] }, sourceLocation: sourceLocation)
            } else if let text = view["text"]?.stringValue {
                #expect(got.contents[number] == Array(text.utf8), sourceLocation: sourceLocation)
            } else {
                // The status, and the seccomp filter where there is one.
                let name = got.descriptors[number] ?? ""
                let isKnown = name.hasPrefix("pipe:") || name.contains("sbxpipe-filter")
                #expect(isKnown, sourceLocation: sourceLocation)
            }
        }
    }
}
