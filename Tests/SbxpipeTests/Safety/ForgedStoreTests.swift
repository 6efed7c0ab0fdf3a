import HostFiles
import JSONText
import TestSupport
import Testing

/// What somebody plants in a store who may write to it, but does not have the machine's key: a miss or a refusal
/// (SAFETY.md, promise 11; DESIGN.md, The store).
@Suite("A store in which something is planted", .tags(.large), .needsBubblewrap)
struct ForgedStoreTests {
    /// A store with a run of the spec good and one of evil, both made here.
    ///
    /// `$GOOD` and `$EVIL` are the plans' hex digits, `$GOODRUN`
    /// and `$EVILRUN` names of the runs' records; `$OTHER` is the cache of another machine's store with the same plans.
    private func planted(_ user: UInt32?, _ script: String) throws -> (lab: StoreLab, good: String) {
        let lab = try StoreLab(user)
        try lab.spec("evil", prints: "EVIL")
        try lab.spec("good", prints: "GOOD")
        let run = try lab.script(
            """
            for n in evil good; do "$SBX" exec $n.json; XDG_STATE_HOME=$HOME/other "$SBX" exec --store other $n.json; done >out
            hex() { grep -o '"plan":"sha256:[0-9a-f]*' "$C/refs/names/$1.plan" | tail -c 65; }
            GOOD=$(hex good) EVIL=$(hex evil) OTHER=$PWD/other/cache; cd "$C/refs"; set -- runs/*; EVILRUN=${1#*/} GOODRUN=${2#*/}
            forged() { echo "$1"; echo '{"hmac":"'$(printf %064d 0)'"}'; }
            plan() { grep -h "$1" plans/* | head -1; }
            echo $GOOD; \(script)
            """
        )
        #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
        let good = String(run.text.prefix(64))
        try #require(good.utf8.count == 64, "\(run)")
        return (lab, good)
    }

    /// Nothing that names the good plan may run the evil one.
    private func expectNeverEvil(_ lab: StoreLab, _ good: String, _ what: String) throws {
        for words in [["good"], [good], ["sha256:" + good], ["good.json"]] {
            let run = try lab.lab.tool(["exec"] + words)
            if run.code != 0 || run.text != "GOOD\n" { expectRefused(run, 125) }
            #expect(!run.text.contains("EVIL"), "\(what), exec \(words): \(run)")
        }
        let spec = try lab.tool("exec", "good.json")
        #expect(spec.code == 0 && spec.text == "GOOD\n", "\(what): \(spec)")
    }

    @Test(
        "A name that leads elsewhere runs nothing else",
        arguments: StoreLab.someUsers,
        [
            // Without a signature, with that of another place, another machine's.
            "forged '{\"plan\":\"sha256:'$EVIL'\"}' >names/good.plan", "cp names/evil.plan names/good.plan",
            "cp \"$OTHER/refs/names/evil.plan\" names/good.plan", "cp newest-plan names/good.plan",
            // Where there is no plan of that name, its newest run counts.
            "rm names/good.plan; forged '{\"at\":\"refs/runs/'$EVILRUN'\"}' >names/good.run",
            "rm names/good.plan; cp names/evil.run names/good.run", "mv -f names/evil.run names/good.plan",
            "rm names/good.plan; forged '{\"at\":\"refs/runs/../plans/'$EVIL'\"}' >names/good.run",
            "ln -sf evil.plan names/good.plan", "rm names/good.plan; ln -sf evil.run names/good.run",
        ]
    )
    func names(user: UInt32?, script: String) throws {
        let (lab, good) = try planted(user, script)
        try expectNeverEvil(lab, good, script)
    }

    @Test(
        "A plan's or run's record that is another's runs nothing else",
        arguments: StoreLab.someUsers,
        [
            "cp plans/$EVIL plans/$GOOD", "sed \"s/$GOOD/$EVIL/g\" plans/$GOOD >p; mv p plans/$GOOD",
            "sed \"s/$EVIL/$GOOD/g\" plans/$EVIL >p; mv p plans/$GOOD", "cp \"$OTHER/refs/plans/$EVIL\" plans/$GOOD",
            "cp \"$OTHER/refs/plans/$GOOD\" plans/$GOOD", "ln -sf $EVIL plans/$GOOD",
            "cp runs/$EVILRUN runs/$GOODRUN; rm names/good.plan plans/$GOOD",
            "sed \"s/$GOOD/$EVIL/g\" runs/$GOODRUN >p; mv p runs/$GOODRUN; rm names/good.plan plans/$GOOD",
        ]
    )
    func records(user: UInt32?, script: String) throws {
        let (lab, good) = try planted(user, script)
        try expectNeverEvil(lab, good, script)
        // A run of the good plan, too.
        let run = try lab.tool("exec", "last~1")
        #expect(run.code == 125 || run.text == "EVIL\n" || run.text == "GOOD\n", "\(run)")
    }

    @Test(
        "An action that another one, another machine or nobody signed is a miss",
        arguments: StoreLab.someUsers,
        [
            "for s in resolve env materialize archive; do set -- ../actions/$s/*; cp $1 t; cp $2 $1; cp t $2; done; rm t",
            "cp -r \"$OTHER\"/actions/. ../actions",
            "for f in ../actions/*/*; do head -1 $f >t; forged \"$(cat t)\" >$f; done; rm t",
            "for f in ../actions/*/*; do sed -i \"s/$GOOD/$EVIL/g\" $f; done",
        ]
    )
    func actions(user: UInt32?, script: String) throws {
        let (lab, good) = try planted(user, script)
        let plan = try lab.json("plan", "good.json", "--json")
        #expect(plan["plan"]?.stringValue == "sha256:" + good)
        let archive = plan["stages"]?.arrayValue?.last
        #expect(archive?["cached"]?.boolValue == false, "\(plan.pretty())")
        try expectNeverEvil(lab, good, script)
    }

    @Test("An object in another's place is neither launched nor shown", arguments: StoreLab.someUsers)
    func objects(user: UInt32?) throws {
        let swap = """
            cd ../blobs/sha256; chmod u+w *; cp $EVIL $GOOD
            archive() { grep -o 'sha256:[0-9a-f]*' "../../../stages/$1"/4-archive/plan.json | tail -1 | cut -c8-; }
            for f in ../../../stages/good-*/4-archive/plan.tar; do g=$(readlink -f $f); done
            for f in ../../../stages/evil-*/4-archive/plan.tar; do e=$(readlink -f $f); done
            cp $e $g
            """
        let (lab, good) = try planted(user, swap)
        expectRefused(try lab.tool("exec", "good"), 125, "object")
        expectRefused(try lab.tool("cat", "good", "4-archive/plan.tar"), 2, "object")
        try expectNeverEvil(lab, good, "swapped")
    }

    @Test("A forged lease has no process ended and nothing kept", arguments: Requirements.users)
    func leases(user: UInt32?) throws {
        let lab = try StoreLab(user)
        try lab.spec("a", runs: ["/bin/sh", "-c", "echo UP; sleep 31.4"])
        let run = try lab.script(
            """
            setsid sleep 40 & innocent=$!
            "$SBX" exec a.json >out & wait_until 'grep -q \\"launcher\\" "$C/leases/0"' || problem "nothing runs"
            wait_until 'grep -q UP out'; cp "$C/leases/0" lease; kill -9 $!; wait $!
            start=$(cut -d' ' -f22 /proc/$innocent/stat)
            # Its own place with another's process, that of a dead launch in another place, one without a signature.
            sed "s/\\"process\\":[0-9]*/\\"process\\":$innocent/; s/\\"startTime\\":\\"[0-9]*/\\"startTime\\":\\"$start/" lease >forged
            cp forged "$C/leases/0"; cp forged "$C/leases/1"; head -1 forged >"$C/leases/2"; cp lease "$C/leases/3"
            "$SBX" ls --runs | grep running && problem "a forged launch is listed"
            "$SBX" plan a.json >out 2>err || problem "plan: $? $(cat err)"
            kill -0 $innocent || problem "the innocent is dead"
            ! grep -q "were ended" err || problem "$(cat err)"
            "$SBX" cache gc >out 2>err || problem "gc: $? $(cat err)"
            kill -0 $innocent || problem "the innocent is dead after gc"; kill -9 $innocent
            for p in $(grep -lsz '^sleep$' /proc/[0-9]*/cmdline); do
                tr '\\0' ' ' <$p | grep -q '^sleep 31.4 $' && [[ $(stat -c %u $p) == $(id -u) ]] && kill -9 $(echo $p | cut -d/ -f3)
            done; true
            """
        )
        expectSilent(run)
    }

    @Test("A command that may write the folder that holds the store does not see it", arguments: Requirements.users)
    func covered(user: UInt32?) throws {
        let lab = try StoreLab(user)
        try lab.lab.folder.folder("p")
        let script = """
            find cache stages -mindepth 1 | wc -l; find . -name CACHEDIR.TAG -o -path '*refs*'
            mkdir -p cache/refs/plans stages/x; echo '{}' >cache/refs/newest-plan; mv cache away; mv stages away2
            rm -rf cache; umount cache; cat cache/refs/newest-plan; echo DONE >done
            """
        try lab.lab.spec(
            "{\"name\": \"p\", \"command\": [\"/bin/sh\", \"-c\", \"\(Self.line(script))\"], "
                + "\"workdir\": \"/p\", \"mounts\": [{\"bind\": \".\", \"at\": \"/p\", \"mode\": \"rw\"}]}",
            to: "p/p.json"
        )
        #expect(try lab.lab.tool(["run", "--store", ".", "--", "true"], in: lab.lab.folder("p")).code == 0)
        let before = try SafetyLab.listing(lab.lab.folder("p/cache/refs"))
        let run = try lab.lab.tool(["exec", "--store", ".", "p.json"], in: lab.lab.folder("p"))
        #expect(try lab.lab.folder.read("p/done") == "DONE\n", "\(run)")
        #expect(!run.text.contains("refs") && !run.text.contains("CACHEDIR") && run.text.hasPrefix("0\n"), "\(run)")
        let names = try Folder.names(lab.lab.folder("p")).map { String(decoding: $0, as: UTF8.self) }
        #expect(names == ["cache", "done", "p.json", "stages"])
        let lines = Set(try SafetyLab.listing(lab.lab.folder("p/cache/refs")).split(separator: "\n"))
        let lost = before.split(separator: "\n").filter {
            $0.contains(" f ") && !lines.contains($0) && !$0.contains("newest")
        }
        #expect(lost.isEmpty, "\(lost)")
        #expect(try lab.lab.tool(["cache", "verify", "--store", "."], in: lab.lab.folder("p")).code == 0)
    }

    /// A script in one line of JSON text.
    private static func line(_ script: String) -> String {
        script.split(separator: "\n").joined(separator: "; ").replacing("\"", with: "\\\"")
    }
}
