import HostFiles
import JSONText
import TestSupport
import Testing

/// Objects that are not what their names say (SAFETY.md, promise 5).
@Suite("A store with damaged objects", .tags(.large), .needsBubblewrap)
struct DamagedObjectTests {
    /// What becomes of the object `$f`.
    enum Damage: String, CaseIterable {
        case flipped, truncated, deleted, folder, fifo, symlink

        var script: String {
            switch self {
            case .flipped:
                """
                d=$(od -An -tx1 -N1 $f | tr -d " "); printf "\\\\x$(printf %02x $((0x${d:-0} ^ 1)))" >~/flipped
                tail -c +2 $f >>~/flipped; cat ~/flipped >$f
                """
            case .truncated: "truncate -s $(($(stat -c %s $f) / 2)) $f"
            case .deleted: "rm -f $f"
            case .folder: "rm -f $f; mkdir $f"
            case .fifo: "rm -f $f; mkfifo $f"
            case .symlink: "mv $f ~/${f##*/}; ln -s ~/${f##*/} $f"
            }
        }
    }

    /// Two plans that share objects, two runs of the first, and one of the second, which has an output.
    struct Fixture {
        let lab: StoreLab
        /// Objects to the plans and runs that need them, as `plan sha256:…`.
        let users: [String: Set<String>]
        /// Plans and runs.
        var all: Set<String> { users.values.reduce(into: []) { $0.formUnion($1) } }
        var runs: Set<String> { all.filter { $0.hasPrefix("run ") } }
        /// Objects that runs alone need: nobody can make them again.
        var lost: Set<String> { Set(users.filter { $0.value.isSubset(of: runs) }.keys) }

        init(_ user: UInt32?) throws {
            lab = try StoreLab(user)
            try lab.spec("a", prints: "The output of a")
            let more = ", \"mounts\": [{\"tmpfs\": \"/out\"}], \"outputs\": [{\"path\": \"/out/f\"}]"
            try lab.spec("b", runs: ["/bin/sh", "-c", "echo B; echo D > /out/f"], more: more)
            for name in ["a", "b", "a"] { #expect(try lab.tool("exec", "\(name).json").code == 0) }
            expectSilent(try lab.script("chmod u+w \"$C\"/blobs/sha256/*"))
            var users: [String: Set<String>] = [:]
            for kind in ["plan", "run"] {
                for digest in try lab.listed(kind + "s") {
                    for object in Self.objects(of: kind, try lab.json("inspect", digest, "--json")) {
                        users[object, default: []].insert("\(kind) \(digest)")
                    }
                }
            }
            self.users = users
        }

        /// A run needs its plan by its digest; what that needs is the plan's own affair.
        private static func objects(of kind: String, _ document: JSONValue) -> [String] {
            var found: [String?] = kind == "run" ? [document["plan"]?.stringValue] : []
            for stage in document["stages"]?.arrayValue ?? [] {
                let isOfRun = ["launch", "collect"].contains(stage["name"]?.stringValue)
                guard isOfRun == (kind == "run") else { continue }
                found.append(stage["digest"]?.stringValue)
                found += (stage["files"]?.objectValue ?? [:]).values.map { $0["digest"]?.stringValue }
            }
            return found.compactMap { $0.map { String($0.dropFirst(7)) } }
        }
    }

    @Test("Each damaged object in turn is named with exactly what needs it", arguments: StoreLab.someUsers)
    func named(user: UInt32?) throws {
        let fixture = try Fixture(user)
        let lab = fixture.lab
        _ = try lab.script("cp -a \"$C/blobs/sha256\" base")
        for (index, object) in try lab.objects().enumerated() {
            let isEmpty = try lab.bytes("blobs/sha256/\(object)").isEmpty
            let one = Damage.allCases[index % Damage.allCases.count]
            for damage in Requirements.areLong ? Damage.allCases : [one] {
                if isEmpty, damage == .truncated { continue }
                let place = "f=\"$C/blobs/sha256/\(object)\"; "
                expectSilent(try lab.script(place + damage.script))
                let found = try lab.verify()
                #expect(found.damaged == (damage == .deleted ? [] : ["blobs/sha256/\(object)"]), "\(found.text)")
                #expect(found.broken == fixture.users[object] ?? [], "\(damage): \(found.text)")
                expectSilent(try lab.script(place + "rm -rf $f; cp -a base/\(object) $f"))
            }
        }
        #expect(try lab.verify().isClean)
    }

    @Test("An output with any byte flipped is not served", arguments: StoreLab.someUsers)
    func flippedCapture(user: UInt32?) throws {
        let lab = try Fixture(user).lab
        let captures = try lab.json("cat", "a", "6-collect/captures.json")
        let digest = try #require(captures["stdout"]?["digest"]?.stringValue).dropFirst(7)
        let path = "blobs/sha256/\(digest)"
        let good = try lab.bytes(path)
        try #require(good == Array("The output of a\n".utf8))
        for place in good.indices {
            try lab.flip(path, at: place)
            for command in place % 2 == 0
                ? [["cat", "a", "6-collect/stdout"], ["logs", "a"]] : [["logs", "a", "--stdout"]]
            {
                expectRefused(try lab.lab.tool(command), 2, "object")
            }
            try lab.overwrite(path, with: good)
        }
        #expect(try lab.tool("logs", "a").output == good)
    }

    @Test("A plan with any byte flipped is not launched", arguments: StoreLab.someUsers)
    func flippedPlan(user: UInt32?) throws {
        let lab = try Fixture(user).lab
        let plan = try #require(try lab.json("inspect", "a", "--json")["plan"]?.stringValue)
        let path = "blobs/sha256/\(plan.dropFirst(7))"
        let good = try lab.bytes(path)
        for place in stride(from: 0, to: good.count, by: Requirements.areLong ? 1 : 41) {
            try lab.flip(path, at: place)
            expectRefused(try lab.tool("exec", plan), 125, "object")
            try lab.overwrite(path, with: good)
        }
        #expect(try lab.tool("exec", plan).text == "The output of a\n")
    }

    @Test(
        "What can be made again is made again by the next plan of its spec, and what can't is never served",
        arguments: StoreLab.someUsers,
        Damage.allCases
    )
    func madeAgain(user: UInt32?, damage: Damage) throws {
        let fixture = try Fixture(user)
        let lab = fixture.lab
        let empty = try lab.script("cd \"$C/blobs/sha256\"; find . -empty -printf '%f'").text
        expectSilent(try lab.script("cd \"$C/blobs/sha256\"; for f in *; do \(damage.script)\ndone"))
        #expect(try lab.verify().broken == fixture.all)
        for reference in ["a", "b", "last"] {
            expectRefused(try lab.tool("cat", reference, "6-collect/stdout"), 2)
            expectRefused(try lab.tool("exec", reference), 125)
        }
        let plan = try lab.tool("plan", "a.json")
        #expect(plan.code == 0 && !plan.text.contains("hit"), "\(plan)")
        #expect(try lab.tool("plan", "b.json").code == 0)
        let found = try lab.verify()
        #expect(found.broken == fixture.runs, "\(found.text)")
        let bad = fixture.lost.filter { damage != .deleted && (damage != .truncated || $0 != empty) }
        #expect(found.damaged == Set(bad.map { "blobs/sha256/" + $0 }), "\(found.text)")
        let run = try lab.tool("exec", "a.json")
        #expect(run.code == 0 && run.text == "The output of a\n", "\(run)")
        for run in fixture.runs { #expect(try lab.tool("rm", String(run.dropFirst(4))).code == 0) }
        try lab.age()
        #expect(try lab.tool("cache", "gc").code == 0)
        let end = try lab.verify()
        #expect(end.isClean, "\(end.text)")
        #expect(try lab.names("tmp").isEmpty)
    }
}
