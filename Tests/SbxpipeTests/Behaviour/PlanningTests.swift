import JSONText
import TestSupport
import Testing

@Suite("Planning again", .tags(.large), .needsBubblewrap)
struct PlanningTests {
    private static let portable: JSONValue = [
        "command": ["/bin/true"],
        "mounts": [["bind": "data", "at": "/data"], ["tmpfs": "/scratch"]],
        "env": ["inherit": false, "set": ["A": "1"]],
    ]

    private func stages(_ report: JSONValue) -> [JSONValue] { report["stages"]?.arrayValue ?? [] }

    private func hits(_ report: JSONValue) -> [String: Bool] {
        Dictionary(
            stages(report).map { ($0["name"]?.stringValue ?? "", $0["cached"]?.boolValue ?? false) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    @Test("A second plan hits in every stage, with the same digests", arguments: Requirements.users)
    func secondPlanHits(user: UInt32?) throws {
        let space = try Workspace("again", user: user)
        try space.makeFolder("data")
        try space.spec(Self.portable)
        let first = try space.json(["plan", "--json"])
        let second = try space.json(["plan", "--json"])
        #expect(stages(first).compactMap { $0["name"]?.stringValue } == ["resolve", "env", "materialize", "archive"])
        #expect(stages(first).allSatisfy { $0["cached"] == false })
        #expect(stages(second).allSatisfy { $0["cached"] == true })
        #expect(stages(first).map { $0["digest"] } == stages(second).map { $0["digest"] })
        for member in ["plan", "portable", "binding"] {
            #expect(first[member]?.stringValue?.hasPrefix("sha256:") == true)
            #expect(first[member] == second[member])
        }
        #expect(first["schema"] == "sbxpipe.plan-report/v1")
    }

    @Test("The table of a plan says ran, then hit, in a row for each stage")
    func tableSaysHit() throws {
        let space = try Workspace("table")
        try space.spec(["command": ["true"]])
        let first = try space.tool(["plan"])
        let second = try space.tool(["plan"])
        #expect(first.code == 0 && second.code == 0, "\(second)")
        let rows = first.text.split(separator: "\n").prefix(4)
        #expect(rows.allSatisfy { $0.contains(" ran ") && $0.contains("sha256:") && $0.contains(" ms") }, "\(first)")
        #expect(second.text.split(separator: "\n").prefix(4).allSatisfy { $0.contains(" hit ") }, "\(second)")
    }

    @Test("Folder, user, umask, locale and time zone leave the portable digest as it is")
    func portableDigestIsPortable() throws {
        var digests: Set<String> = []
        var plans = 0
        let settings: [(umask: String, variables: [String: String])] = [
            ("022", [:]), ("000", ["LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"]),
            ("077", ["LC_ALL": "C", "TZ": "Asia/Kathmandu", "TERM": "dumb", "USER": "somebody"]),
        ]
        for user in Requirements.users {
            for setting in settings {
                let space = try Workspace("elsewhere-\(setting.umask)", user: user)
                try space.makeFolder("data")
                try space.spec(Self.portable)
                let run = try space.tool(
                    ["plan", "--json"],
                    through: "umask \(setting.umask); exec \"$0\" \"$@\"",
                    adding: setting.variables
                )
                try #require(run.code == 0, "\(run)")
                digests.insert(try #require(try run.json()["portable"]?.stringValue))
                plans += 1
            }
        }
        #expect(plans >= 3)
        #expect(digests.count == 1)
    }

    @Test("One env value changed runs env, materialize and archive; changed back, all hit")
    func changedValue() throws {
        let space = try Workspace("value")
        let spec = { (value: JSONValue) -> JSONValue in
            ["command": ["true"], "env": ["inherit": false, "set": ["A": value, "B": "2"]]]
        }
        try space.spec(spec("1"))
        let first = try space.json(["plan", "--json"])
        try space.spec(spec("other"))
        let changed = try space.json(["plan", "--json"])
        #expect(hits(changed) == ["resolve": true, "env": false, "materialize": false, "archive": false])
        #expect(changed["portable"] != first["portable"])
        try space.spec(spec("1"))
        let back = try space.json(["plan", "--json"])
        #expect(hits(back) == ["resolve": true, "env": true, "materialize": true, "archive": true])
        #expect(back["plan"] == first["plan"])
    }

    @Test("An inherited value that changed runs env and what follows from it")
    func changedInheritance() throws {
        let space = try Workspace("inherited")
        try space.spec(["command": ["true"], "env": ["inherit": ["FRUIT"]]])
        let first = try space.json(["plan", "--json"], adding: ["FRUIT": "apple", "OTHER": "1"])
        let other = try space.json(["plan", "--json"], adding: ["FRUIT": "apple", "OTHER": "2"])
        #expect(hits(other).values.allSatisfy { $0 })
        let changed = try space.json(["plan", "--json"], adding: ["FRUIT": "pear"])
        #expect(hits(changed)["env"] == false)
        #expect(changed["portable"] != first["portable"])
    }

    @Test("Name and annotations are in no key and no digest")
    func annotationsAreNoIdentity() throws {
        let space = try Workspace("named")
        try space.spec(["command": ["true"]])
        let first = try space.json(["plan", "--json"])
        try space.spec(["command": ["true"], "name": "other", "annotations": ["ticket": "7"]])
        let named = try space.json(["plan", "--json"])
        #expect(named["name"] == "other")
        #expect(hits(named).values.allSatisfy { $0 })
        #expect(named["plan"] == first["plan"])
    }

    @Test("--no-cache runs every stage and comes to the same digests")
    func withoutCache() throws {
        let space = try Workspace("nocache")
        try space.spec(["command": ["true"]])
        let first = try space.json(["plan", "--json"])
        let again = try space.json(["plan", "--json", "--no-cache"])
        #expect(hits(again).values.allSatisfy { !$0 })
        #expect(again["plan"] == first["plan"])
        #expect(stages(again).map { $0["digest"] } == stages(first).map { $0["digest"] })
    }

    @Test("--fail-on-cache-miss fails on a miss: 2 for plan, 125 for exec, and passes when all hit")
    func failOnMiss() throws {
        let space = try Workspace("miss")
        try space.spec(["command": ["true"]])
        let cold = try space.tool(["plan", "--fail-on-cache-miss"])
        #expect(cold.code == 2)
        #expect(cold.errorLines.first?.hasPrefix("sbxpipe: error: ") == true)
        #expect(try space.tool(["exec", "sandbox.json", "--fail-on-cache-miss"]).code == 125)
        #expect(try space.tool(["plan"]).code == 0)
        let warm = try space.tool(["plan", "--fail-on-cache-miss"])
        #expect(warm.code == 0, "\(warm)")
        #expect(try space.tool(["exec", "sandbox.json", "--fail-on-cache-miss"]).code == 0)
    }
}
