import ArtifactStore
import ContentAddressing
import HostFiles
import TestSupport
import Testing

@Suite("The machine's key", .tags(.medium))
struct MachineKeyTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("key") }

    private func code(_ folder: String, user: UInt32 = HostIdentity.current().user) throws -> String {
        try MachineKey.load(from: folder, user: user).code(for: [1])
    }

    private func shell(_ line: String) throws {
        let run = try Program.run(["/bin/sh", "-c", line], in: folder.path, environment: ["PATH": "/usr/bin:/bin"])
        #expect(run.code == 0, "\(run)")
    }

    @Test("a key is made once, for its owner alone")
    func made() throws {
        let first = try code(folder("state/sbxpipe"))
        #expect(try code(folder("state/sbxpipe")) == first)
        let status = try #require(try FileStatus.of(folder("state/sbxpipe/key")))
        #expect(status.permissions == 0o600)
        #expect(status.size == 32)
        #expect(try FileStatus.of(folder("state/sbxpipe"))?.permissions == 0o700)
        #expect(try Folder.names(folder("state/sbxpipe")) == [Array("key".utf8)])
        #expect(try code(folder("other")) != first)
    }

    @Test(
        "a key that others may read, of another size, or that is no file is refused",
        arguments: [
            "chmod 644 K/key", "chmod 640 K/key", "printf short > K/key", "printf '%033d' 0 > K/key",
            "mv K/key K/x; ln -s x K/key", "rm K/key; mkdir K/key; chmod 700 K/key", "rm K/key; mkfifo -m 600 K/key",
        ]
    )
    func refused(_ damage: String) throws {
        _ = try code(folder("K"))
        try shell(damage)
        let error = #expect(throws: StoreError.self) { try code(folder("K")) }
        #expect(error?.message.contains(folder("K/key")) == true)
        #expect(error?.hint != nil)
    }

    @Test(
        "a key in a folder that others may write is refused, and none is made in one",
        arguments: [0o777, 0o775, 0o702]
    )
    func openFolder(mode: UInt32) throws {
        try folder.folder("open", mode: mode)
        func refusal() -> StoreError? { #expect(throws: StoreError.self) { try code(folder("open")) } }
        #expect(refusal()?.code == .notTrusted)
        #expect(try Folder.names(folder("open")).isEmpty)
        try shell("chmod 700 open")
        let key = try code(folder("open"))
        try shell("chmod \(String(mode, radix: 8)) open")
        let error = refusal()
        #expect(error?.message.contains("\(folder("open")) can be written by others") == true)
        #expect(error?.hint?.contains("chmod 700") == true)
        try shell("chmod 755 open")
        #expect(try code(folder("open")) == key)
    }

    @Test("a key or folder of another user's is refused, with a hint")
    func others() throws {
        let (me, other) = (HostIdentity.current().user, HostIdentity.current().user + 1)
        _ = try code(folder("mine"))
        let error = #expect(throws: StoreError.self) { try code(folder("mine"), user: other) }
        #expect(error?.code == .notTrusted)
        #expect(error?.message.hasSuffix("\(folder("mine")) belongs to user \(me)") == true)
        #expect(error?.hint?.contains("XDG_STATE_HOME") == true)
    }

    @Test(
        "a key of another user's in one's own folder is refused",
        .enabled(if: Requirements.isRoot, "chown needs root")
    )
    func othersFile() throws {
        _ = try code(folder("mine"))
        try shell("chown 4321 mine/key")
        let error = #expect(throws: StoreError.self) { try code(folder("mine")) }
        #expect(error?.message.hasSuffix("\(folder("mine/key")) belongs to user 4321") == true)
        #expect(error?.hint != nil)
    }

    @Test("two at once end up with the same key")
    func concurrent() async throws {
        let (folder, me) = (folder, HostIdentity.current().user)
        for round in 0..<10 {
            let codes = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask { try MachineKey.load(from: folder("r\(round)"), user: me).code(for: [1]) }
                }
                var codes: Set<String> = []
                for try await code in group { codes.insert(code) }
                return codes
            }
            #expect(codes.count == 1)
            #expect(try Folder.names(folder("r\(round)")) == [Array("key".utf8)])
        }
    }

    @Test("it lies in the state folder, by variable or by home")
    func place() throws {
        let me = HostIdentity.current()
        #expect(try MachineKey.folder(["XDG_STATE_HOME": "/s"], me) == "/s/sbxpipe")
        #expect(try MachineKey.folder(["XDG_STATE_HOME": "relative", "HOME": "/h/"], me) == "/h/.local/state/sbxpipe")
        let nobody = HostIdentity(user: 3_999_999, group: 0, supplementaryGroups: [], capabilities: "")
        #expect(throws: StoreError.self) { try MachineKey.folder(["HOME": "relative"], nobody) }
    }
}

@Suite("Where the store is", .tags(.medium))
struct StoreLocationTests {
    private let folder: TemporaryFolder
    private let me = HostIdentity.current()

    init() throws { folder = try TemporaryFolder("place") }

    private func shell(_ line: String) throws {
        let run = try Program.run(["/bin/sh", "-c", line], in: folder.path, environment: ["PATH": "/usr/bin:/bin"])
        try #require(run.code == 0, "\(run)")
    }

    @Test("the one named is taken, normalised")
    func named() throws {
        let found = try StoreLocation.find(named: folder("a/../b/"), environment: [:], identity: me)
        #expect(found.root == folder("b"))
        #expect(found.cache == folder("b/cache"))
        #expect(found.stages == folder("b/stages"))
        #expect(found.notes.isEmpty)
    }

    @Test(
        "one named that others may write, that is no folder, or that is another's is refused",
        arguments: [
            "mkdir s; chmod 777 s", "mkdir s; chmod 775 s", "mkdir -p s/cache; chmod 777 s/cache",
            "mkdir -p s/cache s/stages; chmod 720 s/stages", "touch s", "mkdir real; ln -s real s",
            "mkdir s; touch s/cache",
            "mkdir -p s real; ln -s ../real s/cache",
        ]
    )
    func namedAndRefused(_ command: String) throws {
        try shell(command)
        let error = #expect(throws: StoreError.self) {
            try StoreLocation.find(named: folder("s"), environment: [:], identity: me)
        }
        #expect(error?.code == .notTrusted)
        #expect(error?.message.contains(folder("s")) == true)
    }

    @Test("another user's is refused", .enabled(if: Requirements.isRoot, "chown needs root"))
    func othersRefused() throws {
        try shell("mkdir -p s/cache s/stages; chown 4321 s/cache")
        let error = #expect(throws: StoreError.self) {
            try StoreLocation.find(named: folder("s"), environment: [:], identity: me)
        }
        #expect(error?.code == .notTrusted)
        #expect(error?.message.contains("4321") == true)
    }

    @Test("the caller's own lies in the cache folder, by variable or by home")
    func own() throws {
        #expect(try StoreLocation.ownCache(["XDG_CACHE_HOME": "/c"], me) == "/c/sbxpipe")
        #expect(try StoreLocation.ownCache(["XDG_CACHE_HOME": "c", "HOME": "/h"], me) == "/h/.cache/sbxpipe")
    }

    /// What the tool uses in a folder: the store that got blobs, and what it said.
    private func use(in below: String) throws -> (stores: [String], errors: String) {
        let home = folder("home")
        try Folder.makeAll(home)
        var environment = Tool.environment(home: home)
        environment["XDG_CACHE_HOME"] = folder("own")
        let run = try Tool.run(["run", "--", "true"], in: folder(below), environment: environment)
        let found = try Program.run(
            ["/bin/sh", "-c", "find . -path '*/blobs/sha256/*' -printf '%h\\n' | sort -u"],
            in: folder.path,
            environment: ["PATH": "/usr/bin:/bin"]
        )
        return (found.text.split(separator: "\n").map { String($0.dropFirst(2).dropLast(19)) }, run.errorText)
    }

    private func makeStore(_ path: String) throws {
        try shell("mkdir -p \(path)/cache \(path)/stages; touch \(path)/cache/CACHEDIR.TAG")
    }

    @Test("the nearest one above the working folder is found", .enabled(if: Requirements.has("bwrap"), "no bwrap"))
    func above() throws {
        try makeStore("top")
        try makeStore("top/mid")
        try shell(
            "mkdir -p top/mid/work/deep top/other own; mkdir -p top/other/cache; touch top/other/cache/CACHEDIR.TAG"
        )
        #expect(try use(in: "top/mid/work/deep").stores == ["top/mid"])
        // One without stages/ is none.
        #expect(try use(in: "top/other").stores == ["top", "top/mid"])
    }

    @Test(
        "one that others may write is passed over with a note",
        .enabled(if: Requirements.has("bwrap"), "no bwrap"),
        arguments: ["chmod 777 top", "chmod 722 top/cache", "chmod 770 top/stages"]
    )
    func passedOver(_ command: String) throws {
        try makeStore("top")
        try shell("mkdir top/work; \(command)")
        let (stores, errors) = try use(in: "top/work")
        #expect(stores == ["own/sbxpipe"])
        #expect(errors.contains("passed over") && errors.contains("others may write"), "\(errors)")
    }

    @Test("another user's is passed over with a note", .enabled(if: Requirements.isRoot && Requirements.has("bwrap")))
    func othersPassedOver() throws {
        try makeStore("top")
        try shell("mkdir top/work; chown -R 4321 top")
        let (stores, errors) = try use(in: "top/work")
        #expect(stores == ["own/sbxpipe"])
        #expect(errors.contains("belongs to user 4321"), "\(errors)")
    }
}
