import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Processes left behind", .tags(.large), .needsBubblewrap)
struct LeftoverTests {
    /// Ids of the processes that have this argument.
    private func processes(with argument: String) throws -> [Int32] {
        try Folder.names("/proc").compactMap { Int32(String(decoding: $0, as: UTF8.self)) }.filter { id in
            let line = (try? FileContent.read("/proc/\(id)/cmdline", limit: 1 << 20)) ?? []
            return line.split(separator: 0).contains { $0.elementsEqual(argument.utf8) }
        }
    }

    /// A time to sleep that no other process sleeps.
    private var unique: String {
        "1000." + HostSystem.randomBytes(4).map { String($0) }.joined()
    }

    @Test(
        "A child that outlives its command is ended or named",
        arguments: Requirements.users,
        ["overlay", "baseline"]
    )
    func childIsEnded(user: UInt32?, preset: String) throws {
        let space = try Workspace("child", user: user)
        let quiet = unique
        let holding = unique
        let script = "setsid sleep \(quiet) >/dev/null 2>&1 </dev/null & setsid sleep \(holding) & echo started; exit 4"
        let (run, record) = try space.recorded(["run", "--preset", preset, "--", "/bin/sh", "-c", script])
        #expect(run.code == 4, "\(run)")
        #expect(run.text == "started\n")
        let left = try processes(with: quiet) + processes(with: holding)
        let named = (record?["survivors"]?.arrayValue ?? []).compactMap { $0.integerValue ?? $0["pid"]?.integerValue }
        #expect(left.allSatisfy { named.contains(Int64($0)) })
        #expect(left.isEmpty)
        #expect(record?["survivors"] == 0)
        for id in left { _ = try Program.run(["/bin/kill", "-9", String(id)], in: "/", environment: [:]) }
    }

    @Test("A grandchild whose parents are gone is ended too", arguments: Requirements.users)
    func doubleFork(user: UInt32?) throws {
        let space = try Workspace("double", user: user)
        let time = unique
        let script = "(setsid sh -c 'trap \"\" TERM HUP; (sleep \(time) &) ; exec sleep \(time)' &) ; exit 0"
        let run = try space.tool(["run", "--preset", "overlay", "--", "/bin/sh", "-c", script])
        #expect(run.code == 0, "\(run)")
        let left = try processes(with: time)
        #expect(left.isEmpty)
        for id in left { _ = try Program.run(["/bin/kill", "-9", String(id)], in: "/", environment: [:]) }
    }
}
