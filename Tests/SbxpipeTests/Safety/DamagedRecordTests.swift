import HostFiles
import JSONText
import TestSupport
import Testing

/// Records of actions, plans, runs and names that were changed (DESIGN.md, The store): misses, or of somebody else.
@Suite("A store with damaged records", .tags(.large), .needsBubblewrap)
struct DamagedRecordTests {
    private static let stages = ["resolve", "env", "materialize", "archive"]

    /// Places in a record to flip: all of the line with the HMAC, and of what is before all, or some.
    private func places(_ record: [UInt8], some step: Int) -> [Int] {
        let line = (record.firstIndex(of: UInt8(ascii: "\n")) ?? 0)
        return Array(stride(from: 0, to: line, by: Requirements.areLong ? 1 : step)) + Array(line..<record.count)
    }

    @Test("An action record with any byte flipped is a miss", arguments: StoreLab.someUsers)
    func actions(user: UInt32?) throws {
        let lab = try StoreLab(user)
        try lab.spec("a", prints: "A")
        let plan = try lab.json("plan", "a.json", "--json")["plan"]
        let paths = try Self.stages.map { "actions/\($0)/" + (try #require(try lab.names("actions/\($0)").first)) }
        let records = try paths.map { try lab.bytes($0) }
        // One plan tells of all four, so the places are those of each record, side by side.
        let places = records.map { self.places($0, some: 149) }
        for index in 0..<(places.map(\.count).max() ?? 0) {
            for (path, places) in zip(paths, places) where index < places.count {
                try lab.flip(path, at: places[index])
            }
            let run = try lab.json("plan", "a.json", "--json")
            #expect(run["plan"] == plan)
            for (number, stage) in (run["stages"]?.arrayValue ?? []).enumerated() {
                let isFlipped = index < places[number].count
                #expect(stage["cached"]?.boolValue == !isFlipped, "\(paths[number]), place \(index): \(run.pretty())")
            }
            if index % 32 == 0 { for (path, good) in zip(paths, records) { #expect(try lab.bytes(path) == good) } }
        }
        #expect(try lab.verify().isClean)
    }

    @Test(
        "verify names exactly the record that was changed, and the next plan makes it again",
        arguments: StoreLab.someUsers
    )
    func namedAction(user: UInt32?) throws {
        let lab = try StoreLab(user)
        try lab.spec("a", prints: "A")
        #expect(try lab.tool("exec", "a.json").code == 0)
        _ = try lab.script("cp -a \"$C\" base")
        for stage in Self.stages + ["probe"] {
            let path = "actions/\(stage)/" + (try #require(try lab.names("actions/\(stage)").first))
            for damage in ["truncate -s 9 $f", "rm -f $f; mkdir $f", "rm -f $f; mkfifo $f", "echo '{}' >$f", ": >$f"] {
                _ = try lab.script("f=\"$C/\(path)\"; \(damage)")
                let found = try lab.verify()
                #expect(found.damaged == [path] && found.broken.isEmpty, "\(damage): \(found.text)")
                let plan = try lab.tool("plan", "--no-cache", "a.json")
                #expect(plan.code == 0 && plan.errors.isEmpty, "\(damage): \(plan)")
                let end = try lab.verify()
                #expect(end.isClean, "\(damage): \(end.text)")
                _ = try lab.script("rm -rf \"$C/\(path)\"; cp -a base/\(path) \"$C/\(path)\"")
            }
        }
    }

    @Test("A plan whose record was changed is not launched by its digest or name", arguments: StoreLab.someUsers)
    func plans(user: UInt32?) throws {
        let lab = try StoreLab(user)
        try lab.spec("a", prints: "A")
        let plan = try #require(try lab.json("plan", "a.json", "--json")["plan"]?.stringValue)
        for path in ["refs/plans/\(plan.dropFirst(7))", "refs/names/a.plan"] {
            let good = try lab.bytes(path)
            let all = places(good, some: 97)
            for place in all.filter({ Requirements.areLong || $0 % 9 == 0 || $0 == all.last }) {
                try lab.flip(path, at: place)
                let reference = path.hasSuffix("a.plan") ? "a" : plan
                expectRefused(try lab.tool("exec", reference), 125)
                let found = try lab.verify()
                #expect(found.damaged == [path], "\(place): \(found.text)")
                try lab.overwrite(path, with: good)
            }
        }
        #expect(try lab.tool("exec", "a").text == "A\n")
        #expect(try lab.verify().isClean)
    }

    @Test("A run whose record was changed is foreign or gone, and can be forgotten", arguments: StoreLab.someUsers)
    func runs(user: UInt32?) throws {
        let lab = try StoreLab(user)
        try lab.spec("a", prints: "A")
        for _ in 1...2 { #expect(try lab.tool("exec", "a.json").code == 0) }
        let name = try #require(try lab.names("refs/runs").first)
        let path = "refs/runs/\(name)"
        let digest = String(name.split(separator: "-")[1])
        let good = try lab.bytes(path)
        for place in [0, 30, 200, good.count - 70, good.count - 1] {
            try lab.flip(path, at: place)
            let found = try lab.verify()
            #expect(found.damaged == [path], "\(place): \(found.text)")
            expectRefused(try lab.tool("exec", digest), 125)
            let seen = try lab.tool("inspect", digest, "--json")
            if seen.code != 0 { expectRefused(seen, 2) } else { #expect(try seen.json()["imported"] == true) }
            let items = try lab.json("ls", "--runs", "--json")["items"]?.arrayValue ?? []
            let own = items.filter { $0["imported"] == nil && $0["damaged"] == nil }
            #expect(own.count == 1 && own[0]["digest"]?.stringValue != "sha256:" + digest, "\(place): \(items)")
            try lab.overwrite(path, with: good)
        }
        // Where it is no JSON any more, gc does not guess what it kept, and rm forgets it all the same.
        try lab.flip(path, at: 0)
        expectRefused(try lab.tool("cache", "gc"), 2, "damaged")
        #expect(try lab.tool("rm", digest).code == 0)
        #expect(try lab.tool("cache", "gc").code == 0)
        #expect(try lab.verify().isClean)
        #expect(try lab.listed("runs").count == 1)
    }

    @Test("A damaged name loses nothing: gc does not take what it may have led to", arguments: StoreLab.someUsers)
    func names(user: UInt32?) throws {
        let lab = try StoreLab(user)
        for name in ["a", "b"] { #expect(try lab.tool("run", "--name", name, "--", "/bin/echo", name).code == 0) }
        try lab.age()
        _ = try lab.script("cp -a \"${C%/cache}\" base")
        for path in ["refs/names/a.run", "refs/names/a.plan", "refs/newest-run", "refs/newest-plan"] {
            let count = try lab.bytes(path).count
            for place in [0, count / 2, count - 20] {
                try lab.flip(path, at: place)
                let found = try lab.verify()
                #expect(found.damaged == [path] && found.broken.isEmpty, "\(place): \(found.text)")
                _ = try lab.script("touch -d '40 days ago' \"$C/\(path)\"")
                let collected = try lab.tool("cache", "gc")
                if collected.code != 0 { expectRefused(collected, 2, "damaged") }
                #expect(try lab.names("refs/runs").count == 2 && lab.names("refs/plans").count == 2, "\(path) \(place)")
                _ = try lab.script("rm -rf \"${C%/cache}\"; cp -a base \"${C%/cache}\"")
            }
        }
        #expect(try lab.tool("cat", "a", "6-collect/stdout").text == "a\n")
        #expect(try lab.verify().isClean)
    }
}
