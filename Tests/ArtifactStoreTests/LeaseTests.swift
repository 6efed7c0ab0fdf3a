import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Leases", .tags(.medium))
struct LeaseTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func leased(_ store: Store? = nil, ended: (JSONValue) -> Void = { _ in }) throws -> (
        store: Store, swept: Sweep
    ) {
        try (store ?? fixture.store).leased(ending: ended)
    }

    @Test("each operation has a place of its own, and one that is given up is used again")
    func places() throws {
        let first = try leased()
        var second: (store: Store, swept: Sweep)? = try leased()
        #expect(first.store.lease?.number == 0)
        #expect(second?.store.lease?.number == 1)
        #expect(first.swept.isEmpty)
        second = nil
        #expect(try leased().store.lease?.number == 1)
        #expect(try Folder.names(fixture.store.path("leases")).count == 2)
    }

    @Test("a temporary file tells whose it is, and the next holder of the place removes it")
    func temporaries() throws {
        var killed: Store? = try leased().store
        let path = try #require(killed?.temporaryPath("blob"))
        #expect(AbsolutePath.lastComponent(path).hasPrefix("0.blob-"))
        try fixture.overwrite(path, [1])
        try fixture.shell(
            "mkdir -p \(fixture.store.path("tmp"))/0.run-1/deep; touch \(fixture.store.path("tmp"))/1.other"
        )
        // Its holder lives: nobody touches its files.
        let other = try leased()
        #expect(other.store.lease?.number == 1)
        #expect(other.swept.temporaries == 1, "the file of the free place")
        #expect(try fixture.leftovers() == [AbsolutePath.lastComponent(path), "0.run-1"].sorted())
        killed = nil
        let next = try leased()
        #expect(next.store.lease?.number == 0)
        #expect(next.swept.temporaries == 2)
        #expect(try fixture.leftovers().isEmpty)
    }

    @Test("what a holder had in use is told to others while it lives, and to the next one when it is gone")
    func uses() throws {
        var holder: Store? = try leased().store
        try holder?.lease?.use(["kind": "launch", "id": "a"])
        #expect(try fixture.store.uses() == [["kind": "launch", "id": "a"]])
        holder = nil
        #expect(try fixture.store.uses().isEmpty, "nobody holds it")
        var told: [JSONValue] = []
        let next = try leased { told.append($0) }
        #expect(told == [["kind": "launch", "id": "a"]])
        #expect(next.swept.uses == told)
        // Told once.
        told = []
        _ = try leased { told.append($0) }
        #expect(told.isEmpty)
    }

    @Test("a use that is over, or that another key signed, is told to nobody")
    func overOrForged() throws {
        var holder: Store? = try leased().store
        try holder?.lease?.use(["id": "a"])
        try holder?.lease?.end()
        holder = nil
        var told: [JSONValue] = []
        _ = try leased { told.append($0) }
        #expect(told.isEmpty)

        var foreign: Store? = try leased(StoreFixture.open(fixture.folder("s"), key: [9])).store
        try foreign?.lease?.use(["id": "b"])
        #expect(try fixture.store.uses().isEmpty)
        foreign = nil
        _ = try leased { told.append($0) }
        #expect(told.isEmpty)
    }

    @Test("hits and misses of all holders are added up")
    func counts() throws {
        for _ in 0..<2 {
            let store = try leased().store
            store.lease?.count("env", hit: true)
            store.lease?.count("env", hit: false)
            store.lease?.count("launch", hit: false)
            try store.lease?.end()
        }
        let counts = try fixture.store.counts()
        #expect(counts.hits == ["env": 2])
        #expect(counts.misses == ["env": 2, "launch": 2])
    }
}

@Suite("The store's lock", .tags(.medium))
struct StoreLockTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func isAlone(_ patience: Int = 0) throws -> Bool {
        do { return try fixture.store.alone(patience: patience) { true } } catch let error as StoreError {
            #expect(error.code == .busy)
            return false
        }
    }

    @Test("many hold it together, and nobody has it alone meanwhile")
    func together() throws {
        let first = try fixture.store.hold()
        let second = try fixture.store.hold()
        #expect(try !isAlone())
        first.release()
        #expect(try !isAlone())
        second.release()
        second.release()
        #expect(try isAlone())
    }

    @Test("holds of one operation nest: the outermost counts, whichever ends first")
    func nested() throws {
        let store = try fixture.store.leased { _ in }.store
        for outerFirst in [true, false] {
            let outer = try store.hold()
            let inner = try store.hold()
            (outerFirst ? outer : inner).release()
            #expect(try !isAlone())
            (outerFirst ? inner : outer).release()
            #expect(try isAlone())
        }
    }

    @Test("who has it alone keeps the turnstile as well, by which newcomers come in")
    func turnstile() throws {
        let store = fixture.store
        #expect(try isFree("turn"))
        #expect(try isFree("lock"))
        let alone = try store.alone(patience: 0) { [try isFree("turn"), try isFree("lock")] }
        #expect(alone == [false, false])
        let held = try store.held { [try isFree("turn"), try isFree("lock")] }
        #expect(held == [true, false], "the turnstile is passed by, not kept")
    }

    private func isFree(_ name: String) throws -> Bool {
        let file = try OwnedDescriptor.open(fixture.store.path(name), [.readWrite, .create])
        return try FileLock.tryExclusive(file.number, path: name)
    }
}
