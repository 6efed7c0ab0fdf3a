import HostFiles
import PipelineContracts
import Runtimes
import TestSupport
import Testing

@testable import CollectStage

@Suite("Outputs without end", .tags(.medium))
struct OutputLimitTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        try fixture.shell("mkdir -p out/sub; cd out; printf one > a; printf two > b; printf three > sub/c")
    }

    private func collect(
        _ limits: OutputLimits = OutputLimits(),
        _ paths: [String] = ["/out"],
        meanwhile: @escaping () throws -> Void = {}
    ) throws -> [OutputRecord] {
        var tree = SandboxTree()
        let action = MountOperation.Action.bind(source: fixture.folder("out"), writable: true, devices: false)
        tree.set(MountOperation(action, at: "/out", origin: .spec, field: "mounts[0]"))
        let collector = try OutputCollector(tree: tree, sources: [:], time: 0, limits: limits) { _ in try meanwhile() }
        let records = try paths.map { try collector.collect(OutputRule(path: $0, required: false)) }
        try collector.finish()
        return records
    }

    private func problem(_ limits: OutputLimits, _ paths: [String] = ["/out"]) -> String {
        do { return "none: \(try collect(limits, paths))" } catch { return "\(error)" }
    }

    @Test("as many files, bytes and folders as allowed are collected, one more is an error that says so")
    func limits() throws {
        #expect(try collect(OutputLimits(entries: 5, bytes: 11, depth: 2))[0].files.count == 5)
        #expect(problem(OutputLimits(entries: 4)).hasPrefix("outputs: more than 4 files, at /out/"))
        #expect(problem(OutputLimits(bytes: 10)).hasPrefix("outputs: more than 10 bytes, at /out/"))
        #expect(
            problem(OutputLimits(depth: 1)).hasPrefix("outputs: more than 1 folders within each other, at /out/sub/c")
        )
        #expect(problem(OutputLimits(entries: 3), ["/out/a", "/out/b", "/out/sub"]).hasPrefix("outputs: more than 3"))
        #expect(try collect(OutputLimits(bytes: 3), ["/out/a", "/out/a"]).count == 2, "packed once, counted once")
    }

    @Test("a tree deeper than there are descriptors is an error, not a crash")
    func deep() throws {
        try fixture.shell("perl -e 'chdir \"out\"; for (1..1500) { mkdir \"d\"; chdir \"d\" }'")
        #expect(problem(OutputLimits()).hasPrefix("outputs: more than 200 folders within each other"))
    }

    @Test("a file that grows, shrinks or is touched while it is packed is an error that names it")
    func changes() throws {
        for script in ["echo more >> out/big", "touch out/big", "truncate -s 2000000 out/big"] {
            try fixture.shell("head -c 3000000 /dev/zero > other; cp other out/big")
            var isDone = false
            let error = try #require(throws: CollectError.self) {
                try collect(OutputLimits(), ["/out/big"]) {
                    if isDone { return }
                    isDone = true
                    try fixture.shell(script)
                }
            }
            #expect(error.message == "output /out/big changed while it was read", "\(script)")
        }
    }

    @Test("one that the caller may not read is noted with the reason", .enabled(if: !Requirements.isRoot))
    func unreadable() throws {
        try fixture.shell("chmod 0 out/a out/sub")
        let record = try collect()[0]
        #expect(record.unread.map(\.path) == ["/out/a", "/out/sub"])
        #expect(record.unread.allSatisfy { $0.unread == "permission denied" && $0.digest == nil })
        #expect(record.files.map(\.path) == ["/out", "/out/a", "/out/b", "/out/sub"])
        try fixture.shell("chmod 700 out/sub")
    }
}
