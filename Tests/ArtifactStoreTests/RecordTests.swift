import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Records", .tags(.medium))
struct RecordTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }
    private let value: JSONValue = ["b": 1, "a": ["é", true], "plan": "sha256:0"]

    init() throws { fixture = try StoreFixture() }

    @Test("a record is read back as it was, and replaced by the next")
    func roundTrip() throws {
        #expect(try store.record(at: "actions/env/x") == nil)
        try store.putRecord(value, at: "actions/env/x")
        let found = try #require(try store.record(at: "actions/env/x"))
        #expect(found.value == value)
        #expect(found.isTrusted)
        try store.putRecord(["a": 2], at: "actions/env/x")
        #expect(try store.record(at: "actions/env/x")?.value == ["a": 2])
        #expect(try fixture.leftovers().isEmpty)
        #expect(try store.recordNames(in: "actions/env") == ["x"])
        #expect(try store.recordNames(in: "actions/none").isEmpty)
        try store.removeRecord(at: "actions/env/x")
        try store.removeRecord(at: "actions/env/x")
        #expect(try store.record(at: "actions/env/x") == nil)
    }

    @Test("each byte that is flipped makes a record nobody trusts")
    func flippedBytes() throws {
        try store.putRecord(value, at: "refs/plans/x")
        let path = store.path("refs/plans/x")
        let bytes = try FileContent.read(path, limit: 4096)
        // The last line is {"hmac":"…"}: around the code stand 9 and 2 bytes and the line end, which say nothing.
        let frame = Set((bytes.count - 76)..<(bytes.count - 67)).union((bytes.count - 3)..<bytes.count)
        for index in bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0x20] {
                var damaged = bytes
                damaged[index] ^= mask
                try fixture.overwrite(path, damaged)
                let found = try store.record(at: "refs/plans/x")
                if frame.contains(index) {
                    if found?.isTrusted == true { #expect(found?.value == value, "byte \(index)") }
                } else {
                    #expect(found?.isTrusted != true, "byte \(index) by \(mask)")
                }
            }
        }
    }

    @Test("a record that is cut or has more behind it is not trusted")
    func lengths() throws {
        try store.putRecord(value, at: "refs/plans/x")
        let path = store.path("refs/plans/x")
        let bytes = try FileContent.read(path, limit: 4096)
        for count in bytes.indices {
            try fixture.overwrite(path, Array(bytes[..<count]))
            #expect(try store.record(at: "refs/plans/x")?.isTrusted != true, "\(count) bytes")
        }
        try fixture.overwrite(path, bytes + [0x0A])
        #expect(try store.record(at: "refs/plans/x")?.isTrusted == false)
    }

    @Test("a record of another machine is shown and not trusted")
    func otherKey() throws {
        try store.putRecord(value, at: "refs/plans/x")
        let other = try StoreFixture.open(fixture.folder("s"), key: Array(repeating: 8, count: 32))
        let found = try #require(try other.record(at: "refs/plans/x"))
        #expect(found.value == value)
        #expect(!found.isTrusted)
    }

    @Test("a record under another name is not trusted")
    func renamed() throws {
        try store.putRecord(value, at: "refs/plans/x")
        try fixture.shell("cd s/cache/refs; cp plans/x plans/y; cp plans/x runs/x")
        #expect(try store.record(at: "refs/plans/y")?.isTrusted == false)
        #expect(try store.record(at: "refs/runs/x")?.isTrusted == false)
        #expect(try store.record(at: "refs/plans/x")?.isTrusted == true)
    }

    @Test(
        "something else in a record's place is a miss",
        arguments: ["mkdir R", "mkfifo R", "ln -s /etc/passwd R", "ln -s R R", ": > R", "echo no json > R"]
    )
    func notARecord(_ command: String) throws {
        try fixture.shell("cd s/cache/refs/plans; \(command)")
        #expect(try store.record(at: "refs/plans/R") == nil)
        #expect(try store.record(at: "refs/plans/R/below") == nil)
    }

    @Test("writers of one record at once leave one of theirs, whole")
    func manyWriters() async throws {
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask {
                    for _ in 0..<20 {
                        try store.putRecord(["n": .integer(Int64(number))], at: "actions/new/x")
                        #expect(try store.record(at: "actions/new/x")?.isTrusted == true)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try fixture.leftovers().isEmpty)
    }
}
