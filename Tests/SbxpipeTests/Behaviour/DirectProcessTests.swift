import HostFiles
import JSONText
import TestSupport
import Testing

/// Signals and processes of a command that nothing contains.
@Suite("Processes without a launcher", .tags(.large))
struct DirectProcessTests {
    private static let flags = ["--preset", "overlay", "--runtime", "direct", "--", "/bin/sh", "-c"]

    /// Ids of the processes that have this argument and have not ended.
    private func processes(with argument: String) throws -> [Int32] {
        try Folder.names("/proc").compactMap { Int32(String(decoding: $0, as: UTF8.self)) }.filter { id in
            let line = (try? FileContent.read("/proc/\(id)/cmdline", limit: 1 << 20)) ?? []
            return line.split(separator: 0).contains { $0.elementsEqual(argument.utf8) }
        }
    }

    /// A time to sleep that no other process sleeps.
    private var unique: String { "1000." + HostSystem.randomBytes(4).map { String($0) }.joined() }

    private func end(_ processes: [Int32]) throws {
        for id in processes { _ = try Program.run(["/bin/kill", "-9", String(id)], in: "/", environment: [:]) }
    }

    @Test(
        "A child that forked twice, left the session and ignores signals is gone after the run",
        arguments: Requirements.users
    )
    func leftovers(user: UInt32?) throws {
        let space = try Workspace("direct-left", user: user)
        let time = unique
        let script = """
            (setsid sh -c 'trap "" TERM HUP INT; (sleep \(time) &); exec sleep \(time)' >/dev/null 2>&1 </dev/null &)
            sleep \(time) & echo started; exit 4
            """
        let (run, record) = try space.recorded(["run"] + Self.flags + [script])
        #expect(run.code == 4, "\(run)")
        #expect(run.text == "started\n")
        #expect(record?["survivors"] == 0)
        let left = try processes(with: time)
        #expect(left.isEmpty)
        try end(left)
    }

    @Test("A leftover that holds stdout open holds nothing up")
    func holdingOutput() throws {
        let space = try Workspace("direct-hold")
        let time = unique
        let (run, record) = try space.recorded(["run"] + Self.flags + ["setsid sleep \(time) & echo done"])
        #expect(run.code == 0 && run.text == "done\n", "\(run)")
        #expect(record?["survivors"] == 0)
        let left = try processes(with: time)
        #expect(left.isEmpty)
        try end(left)
    }

    @Test("A signal to the tool reaches the command, and its answer is the exit code", arguments: Requirements.users)
    func forwarded(user: UInt32?) throws {
        let space = try Workspace("direct-signal", user: user)
        let ready = "\(space.work)/ready"
        let script = "trap 'exit 7' TERM; trap 'echo usr' USR1; : > \(ready); while :; do sleep 0.05; done"
        let run = try space.tool(
            ["run"] + Self.flags + [script],
            through: """
                "$0" "$@" & tool=$!; while ! test -e ready; do sleep 0.05; done
                kill -USR1 $tool; sleep 0.5; kill -TERM $tool; wait $tool; echo code $?
                """
        )
        #expect(run.text == "usr\ncode 7\n", "\(run)")
    }

    @Test("A second TERM kills a command that ignores the first", arguments: Requirements.users)
    func twice(user: UInt32?) throws {
        let space = try Workspace("direct-twice", user: user)
        let script = "trap '' TERM; : > \(space.work)/ready; while :; do sleep 0.05; done"
        let run = try space.tool(
            ["run", "--result", "r.json"] + Self.flags + [script],
            through: """
                "$0" "$@" & tool=$!; while ! test -e ready; do sleep 0.05; done
                kill -TERM $tool; sleep 0.3; kill -TERM $tool; wait $tool; echo code $?
                """
        )
        #expect(run.text == "code 143\n", "\(run)")
        let record = try JSONParser.parse(Array(try space.folder.read("work/r.json").utf8))
        #expect(record["signal"] == 9)
        #expect(record["reason"] == "signaled")
    }

    @Test("Neither the command nor what left its session outlives a tool that is killed", arguments: Requirements.users)
    func killed(user: UInt32?) throws {
        let space = try Workspace("direct-killed", user: user)
        let time = unique
        let run = try space.tool(
            ["run"] + Self.flags + ["(setsid sleep \(time) &); : > \(space.work)/ready; exec sleep \(time)"],
            through: """
                "$0" "$@" & tool=$!; while ! test -e ready; do sleep 0.05; done
                kill -KILL $tool; wait $tool; echo code $?
                """
        )
        #expect(run.text == "code 137\n", "\(run)")
        var left = try processes(with: time)
        for _ in 0..<100 where !left.isEmpty {
            HostSystem.sleep(milliseconds: 20)
            left = try processes(with: time)
        }
        #expect(left.isEmpty)
        try end(left)
    }
}
