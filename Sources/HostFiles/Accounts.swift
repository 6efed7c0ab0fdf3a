/// passwd(5) and group(5) as files; network name services are not asked, so that a look-up never blocks.
///
/// The files stay bytes: only the lines that are asked for become strings.
package struct Accounts: Sendable {
    /// A line of passwd(5).
    package struct User: Sendable, Hashable {
        package let name: String
        package let user: UInt32
        package let group: UInt32
        package let home: String
        /// The line as it stands.
        package let line: String
    }

    /// A line of group(5).
    package struct Group: Sendable, Hashable {
        package let name: String
        package let group: UInt32
        package let line: String
    }

    private let passwd: ColonLines
    private let groupFile: ColonLines

    package init(passwd: String, group: String) {
        self.init(passwd: Array(passwd.utf8), group: Array(group.utf8))
    }

    private init(passwd: [UInt8], group: [UInt8]) {
        self.passwd = ColonLines(passwd)
        groupFile = ColonLines(group)
    }

    /// The accounts of this host; missing files count as empty.
    package static func ofHost() -> Accounts {
        func bytes(_ path: String) -> [UInt8] { (try? FileContent.read(path, limit: 16 << 20)) ?? [] }
        return Accounts(passwd: bytes("/etc/passwd"), group: bytes("/etc/group"))
    }

    package var users: [User] { passwd.all(user) }

    package var groups: [Group] { groupFile.all(group) }

    /// The first account with that id.
    package func user(_ number: UInt32) -> User? {
        passwd.first { passwd.number(2, in: $0) == number ? $0 : nil }.flatMap(user)
    }

    /// The first group with that id.
    package func group(_ number: UInt32) -> Group? {
        groupFile.first { groupFile.number(2, in: $0) == number ? $0 : nil }.flatMap(group)
    }

    /// Homes of the accounts whose id lies in a range.
    package func homes(of range: ClosedRange<UInt32>) -> [String] {
        passwd.all { line in
            guard let number = passwd.number(2, in: line), range.contains(number) else { return nil }
            return passwd.text(5, in: line)
        }
    }

    private func user(_ line: Range<Int>) -> User? {
        guard let number = passwd.number(2, in: line), let group = passwd.number(3, in: line),
            passwd.field(6, in: line) != nil, let name = passwd.text(0, in: line), let home = passwd.text(5, in: line)
        else { return nil }
        return User(name: name, user: number, group: group, home: home, line: passwd.text(line))
    }

    private func group(_ line: Range<Int>) -> Group? {
        guard let number = groupFile.number(2, in: line), let name = groupFile.text(0, in: line) else { return nil }
        return Group(name: name, group: number, line: groupFile.text(line))
    }
}

/// Lines of fields between colons, as byte ranges.
private struct ColonLines: Sendable {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Hands over the lines that are not empty, in their order, until `body` says that it is enough.
    func visit(_ body: (Range<Int>) -> Bool) {
        var start = 0
        for index in 0...bytes.count where index == bytes.count || bytes[index] == 0x0A {
            if index > start, body(start..<index) { return }
            start = index + 1
        }
    }

    func first<Found>(_ find: (Range<Int>) -> Found?) -> Found? {
        var found: Found?
        visit { line in
            found = find(line)
            return found != nil
        }
        return found
    }

    func all<Found>(_ find: (Range<Int>) -> Found?) -> [Found] {
        var found: [Found] = []
        visit { line in
            if let one = find(line) { found.append(one) }
            return false
        }
        return found
    }

    func field(_ wanted: Int, in line: Range<Int>) -> Range<Int>? {
        var field = 0
        var start = line.lowerBound
        for index in line where bytes[index] == 0x3A {
            if field == wanted { return start..<index }
            field += 1
            start = index + 1
        }
        return field == wanted ? start..<line.upperBound : nil
    }

    func number(_ wanted: Int, in line: Range<Int>) -> UInt32? {
        guard let range = field(wanted, in: line), !range.isEmpty, range.count < 11 else { return nil }
        var value: UInt64 = 0
        for index in range {
            guard (0x30...0x39).contains(bytes[index]) else { return nil }
            value = value * 10 + UInt64(bytes[index] - 0x30)
        }
        return UInt32(exactly: value)
    }

    func text(_ wanted: Int, in line: Range<Int>) -> String? { field(wanted, in: line).map(text) }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
