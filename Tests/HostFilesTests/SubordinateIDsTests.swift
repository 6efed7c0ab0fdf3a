import HostFiles
import Testing

@Suite("Subordinate ids")
struct SubordinateIDsTests {
    private func ids(_ subuid: String, user: UInt32 = 1000) -> SubordinateIDs {
        let identity = HostIdentity(user: user, group: 100, supplementaryGroups: [], capabilities: "")
        return SubordinateIDs(subuid: subuid, subgid: "1000:5:2\n", name: "me", identity: identity)
    }

    @Test("id 0 is the caller, and its ranges follow in the order of the file, by its name or number")
    func order() {
        let found = ids("you:1:9\nme:200000:10\n1000:100000:65536\n")
        #expect(
            found.users == [
                .init(inside: 0, outside: 1000, count: 1), .init(inside: 1, outside: 200_000, count: 10),
                .init(inside: 11, outside: 100_000, count: 65_536),
            ]
        )
        #expect(found.groups == [.init(inside: 0, outside: 100, count: 1), .init(inside: 1, outside: 5, count: 2)])
        #expect(SubordinateIDs.count(found.users) == 65_546 && SubordinateIDs.count(found.groups) == 2)
    }

    @Test(
        "what is no range, holds the caller's own id, or overlaps another is left out",
        arguments: [
            "", "me", "me:1", "me:x:5", "me:5:0", "me:-1:5", "me:4294967295:1", "me:1:4294967295", "me:990:20",
            "me:5:4:3", "mee:5:5", "# me:5:5",
        ]
    )
    func refused(line: String) {
        #expect(
            ids(line + "\nme:300000:7\nme:300006:7\n").users.dropFirst() == [
                .init(inside: 1, outside: 300_000, count: 7)
            ]
        )
    }

    @Test("a file of many ranges gives as many as the kernel takes in one write")
    func many() {
        let lines = (0..<500).map { "me:\(3_000_000_000 + $0 * 10):9\n" }.joined()
        let found = ids(lines).users
        #expect(found.count == 100)
        #expect(found.map { "\($0.inside) \($0.outside) \($0.count)\n" }.joined().utf8.count < 4096)
    }
}
