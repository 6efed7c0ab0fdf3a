import HostFiles
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("Accounts", .tags(.small))
struct AccountsTests {
    private let accounts = Accounts(
        passwd: """
            root:x:0:0:root:/root:/bin/bash
            me:x:1000:1001:Me,,,:/home/me:/bin/sh
            twin:x:1000:1001::/home/twin:/bin/sh
            short:x:5:5
            bad:x:minus:5::/:/bin/sh
            big:x:4294967295:0::/:/bin/sh

            """,
        group: "root:x:0:\nmine:x:1001:me,you\nbroken\nlate:x:x:\n"
    )

    @Test("lines are read by their fields, and those that are none are left out")
    func users() {
        #expect(accounts.users.map(\.name) == ["root", "me", "twin", "big"])
        #expect(accounts.user(1000)?.name == "me")
        #expect(accounts.user(1000)?.home == "/home/me")
        #expect(accounts.user(1000)?.line == "me:x:1000:1001:Me,,,:/home/me:/bin/sh")
        #expect(accounts.user(77) == nil)
    }

    @Test("groups with and without members")
    func groups() {
        #expect(accounts.groups.map(\.name) == ["root", "mine"])
        #expect(accounts.group(1001)?.line == "mine:x:1001:me,you")
    }

    @Test("the accounts of this host have root", .tags(.medium))
    func ofHost() { #expect(Accounts.ofHost().user(0)?.name == "root") }
}

@Suite("Clock, ids and environment")
struct HostSystemTests {
    @Test(
        "a timestamp is RFC 3339 in UTC with milliseconds",
        .tags(.small),
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123_999_999, "2000-02-29T00:00:00.123Z"),
            (1_735_689_599_009_000_000, "2024-12-31T23:59:59.009Z"),
        ]
    )
    func timestamp(nanoseconds: Int64, expected: String) { #expect(HostSystem.timestamp(nanoseconds) == expected) }

    @Test("the time zone of the process changes no timestamp", .tags(.medium))
    func timeZone() throws {
        let folder = try TemporaryFolder("zone")
        var environment = Tool.environment(home: folder.path, store: folder("store"))
        environment["TZ"] = "Pacific/Kiritimati"
        let before = HostSystem.timestamp(HostSystem.realTime())
        // A run's record holds when it started.
        let run = try Tool.run(["run", "--format", "json", "--", "true"], in: folder.path, environment: environment)
        guard Requirements.has("bwrap"), run.code == 0 else { return }
        let after = HostSystem.timestamp(HostSystem.realTime())
        let record = try Tool.run(["inspect", "--format", "json"], in: folder.path, environment: environment).text
        let year = String(before.prefix(4))
        let stamps = record.split(separator: "\"").map(String.init).filter { $0.hasPrefix(year) && $0.hasSuffix("Z") }
        for stamp in stamps { #expect(stamp >= before && stamp <= after) }
    }

    @Test("ids are those of the kernel", .tags(.medium))
    func identity() throws {
        let identity = HostIdentity.current()
        let folder = try TemporaryFolder("ids")
        #expect(try folder.shell("id -u; id -g") == "\(identity.user)\n\(identity.group)")
        #expect(identity.capabilities.count == 16)
        #expect(!identity.supplementaryGroups.contains(identity.group))
    }

    @Test("names that differ in their normal form alone are told, and looked up by their bytes", .tags(.medium))
    func normalForms() async {
        await #expect(processExitsWith: .success) {
            let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
            #expect(HostSystem.ambiguousVariables() == [])
            setenv(composed, "1", 1)
            #expect(HostSystem.variable(composed) == "1")
            #expect(HostSystem.variable(decomposed) == nil)
            #expect(HostSystem.ambiguousVariables() == [])
            setenv(decomposed, "2", 1)
            #expect(HostSystem.variable(decomposed) == "2")
            #expect(
                HostSystem.ambiguousVariables().map { Array($0.utf8) } == [decomposed, composed].map { Array($0.utf8) }
            )
            #expect(HostSystem.environment()[composed] == "1")
        }
    }

    @Test("random bytes differ, and the clock does not go back", .tags(.small))
    func clockAndRandomness() {
        #expect(HostSystem.randomBytes(16).count == 16)
        #expect(HostSystem.randomBytes(16) != HostSystem.randomBytes(16))
        let first = HostSystem.monotonicTime()
        #expect(HostSystem.monotonicTime() >= first)
    }

    @Test("a lock is held by one open file at a time, and goes with it", .tags(.medium))
    func locks() throws {
        let folder = try TemporaryFolder("lock")
        try folder.write("", to: "lock")
        let second = try OwnedDescriptor.open(folder("lock"), [.read])
        let first = try OwnedDescriptor.open(folder("lock"), [.read])
        try FileLock.exclusive(first.number, path: "lock")
        let error = #expect(throws: FileError.self) { try FileLock.exclusive(second.number, path: "lock") }
        #expect(error?.code == .exists)
        _ = consume first

        try FileLock.exclusive(second.number, path: "lock")
    }
}
