import ArtifactStore
import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Records that say what is newest", .tags(.medium))
struct PointerTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }
    private let place = "refs/newest-run"

    init() throws { fixture = try StoreFixture() }

    private func pointer(_ text: String) -> JSONValue { ["at": .string(text)] }

    private func inode() throws -> UInt64? { try FileStatus.of(store.path(place))?.inode }

    @Test("one of the same length goes into the file that is there, another replaces it")
    func lengths() throws {
        try store.putPointer(pointer("one"), at: place)
        let first = try inode()
        try store.putPointer(pointer("two"), at: place)
        #expect(try inode() == first)
        #expect(try store.record(at: place)?.value == pointer("two"))
        try store.putPointer(pointer("three"), at: place)
        #expect(try inode() != first)
        let found = try #require(try store.record(at: place))
        #expect(found.value == pointer("three"))
        #expect(found.isTrusted)
        #expect(try fixture.leftovers().isEmpty)
    }

    @Test("what is there of another kind makes way", arguments: ["mkdir", "ln -s ../lock", "mkfifo"])
    func otherKinds(making: String) throws {
        try fixture.shell("\(making) s/cache/refs/newest-run")
        try store.putPointer(pointer("one"), at: place)
        #expect(try store.record(at: place)?.value == pointer("one"))
        #expect(try FileStatus.of(store.path("lock")) == nil)
    }

    @Test("who reads one that is being written waits for the writer")
    func halfWritten() throws {
        try store.putPointer(pointer("one"), at: place)
        // A process of its own: the tasks of other tests may keep all threads busy.
        try fixture.shell(
            """
            file=s/cache/refs/newest-run; cp $file whole
            flock $file sh -c "printf torn 1<>$file; touch locked; sleep 0.1; cat whole 1<>$file" >log 2>&1 &
            while ! [ -e locked ]; do sleep 0.01; done
            """
        )
        let found = try store.record(at: place)
        #expect(found?.isTrusted == true)
        #expect(found?.value == pointer("one"))
    }

    @Test("a writer does not wait for one that is stuck")
    func stuckWriter() throws {
        try store.putPointer(pointer("one"), at: place)
        let stuck = try OwnedDescriptor.open(store.path(place), [.readWrite])
        #expect(try FileLock.tryExclusive(stuck.number, path: place))
        try store.putPointer(pointer("two"), at: place)
        #expect(try store.record(at: place)?.value == pointer("two"))
    }

    @Test("of many that write and read at once, each reads a whole one")
    func many() async throws {
        try store.putPointer(pointer("0000"), at: place)
        let (store, place) = (store, place)
        let doubted = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 1...3 {
                group.addTask {
                    for number in 0..<300 {
                        try store.putPointer(["at": .string("\(writer * 1000 + number)")], at: place)
                    }
                    return 0
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    try (0..<1000).filter { _ in try store.record(at: place)?.isTrusted != true }.count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(doubted == 0)
        #expect(try fixture.leftovers().isEmpty)
    }
}
