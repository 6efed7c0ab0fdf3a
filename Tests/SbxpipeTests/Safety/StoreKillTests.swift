import HostFiles
import JSONText
import TestSupport
import Testing

/// `kill -9` at any moment loses nothing acknowledged and leaves nothing that the next start does not clean (SAFETY.md,
/// promise 5).
@Suite("A store whose processes are killed", .tags(.large), .needsBubblewrap)
struct StoreKillTests {
    /// Sixty times, or as often together as root and as an ordinary user in the normal run.
    private static var times: Int { Requirements.areLong ? 60 : 20 / Requirements.users.count }

    /// `killed COMMAND...` starts a command and kills it at a random moment of the time that it takes, which `usual` has
    /// in milliseconds; `again COMMAND...` is the next start, which has to do its work and to say what it cleaned.
    private static let functions = #"""
        now() { echo $(($(date +%s%N) / 1000000)); }
        killed() {
            "$@" >killed.out 2>killed.err &
            local process=$! after=$((RANDOM % (usual + 1)))
            sleep $((after / 1000)).$(printf %03d $((after % 1000)))
            kill -9 $process; wait $process
            code=$?
        }
        again() {
            local left=$(ls -A "$C/tmp" | wc -l) used=0 id
            # What was kept already was not cut off, though its lease still says so.
            for id in $(grep -ho '"id":"[0-9a-f]*"' "$C"/leases/* | cut -d'"' -f4); do
                ls "$C/refs/runs" | grep -q -- "-$id\$" || used=1
            done
            [[ $code != 0 ]] || left=0
            "$@" >again.out 2>again.err || problem "the next start: $? $(cat again.err)"
            ((left == 0)) || grep -q "cleaned up after an interrupted sbxpipe" again.err ||
                problem "$left files were left, and the next start said: $(cat again.err)"
            ((used == 0)) || grep -q "was cut off" again.err ||
                problem "a launch was left, and the next start said: $(cat again.err)"
            [[ -z $(ls -A "$C/tmp") ]] || problem "left in tmp: $(ls "$C/tmp")"
            ! grep -q '"use"' "$C"/leases/* || problem "left in leases: $(cat "$C"/leases/*)"
        }
        mounts() { sort /proc/self/mountinfo; }

        """#

    /// Nothing acknowledged is lost, nothing runs, nothing is held.
    private func expectWhole(_ lab: StoreLab, acknowledged: Set<String>) throws {
        let found = try lab.verify()
        #expect(found.isClean, "\(found.text)")
        let items = try lab.json("ls", "--json")["items"]?.arrayValue ?? []
        #expect(items.allSatisfy { $0["running"] == nil }, "\(items)")
        let listed = Set(items.compactMap { $0["name"]?.stringValue })
        #expect(acknowledged.subtracting(listed).isEmpty, "lost: \(acknowledged.subtracting(listed).sorted())")
        let collected = try lab.tool("cache", "gc")
        #expect(collected.code == 0, "\(collected)")
        let state = try Folder.names(lab.lab.state).map { String(decoding: $0, as: UTF8.self) }
        #expect(state == ["key"], "\(state)")
    }

    @Test("A killed plan loses nothing", arguments: Requirements.users)
    func plan(user: UInt32?) throws {
        let lab = try StoreLab(user)
        let run = try lab.script(
            Self.functions + #"""
                spec() { echo "{\"name\": \"p$1\", \"command\": [\"/bin/echo\", \"$1\"], \"hostname\": \"h$1\"}" >p$1.json; }
                spec 0; start=$(now); "$SBX" plan p0.json >out || problem "plan: $?"; usual=$(($(now) - start)); echo p0 >names
                for n in $(seq \#(Self.times)); do
                    spec $n; killed "$SBX" plan p$n.json
                    [[ $code != 0 ]] || echo p$n >>names
                    again "$SBX" plan p$n.json; echo p$n >>names
                done
                """#
        )
        expectSilent(run)
        let names = try lab.lab.folder.read("names").split(separator: "\n").map(String.init)
        try expectWhole(lab, acknowledged: Set(names))
    }

    @Test(
        "A killed exec loses nothing and leaves no process, double-forked ones included",
        arguments: Requirements.users,
        ["baseline", "overlay", "direct"]
    )
    func exec(user: UInt32?, kind: String) throws {
        let lab = try StoreLab(user)
        let sleep = "7." + HostSystem.randomBytes(6).map { String($0) }.joined()
        let script = "(setsid sleep \(sleep) >/dev/null 2>&1 &); sleep \(sleep) & echo A; sleep 0.1; echo B"
        let more = ["baseline": "", "overlay": ", \"preset\": \"overlay\""][kind]
        let rest = more ?? ", \"preset\": \"overlay\", \"runtime\": \"direct\""
        try lab.spec("x", runs: ["/bin/sh", "-c", script], more: rest)
        let run = try lab.script(
            Self.functions + #"""
                mounts >before
                start=$(now); "$SBX" exec x.json >out || problem "exec: $?"; usual=$(($(now) - start))
                alive() { grep -lsz '^\#(sleep)$' /proc/[0-9]*/cmdline; }
                for n in $(seq \#(Self.times / (Requirements.areLong ? 1 : 2))); do
                    killed "$SBX" exec x.json
                    again "$SBX" run --name ok$n -- /bin/echo ACKNOWLEDGED
                    [[ -z $(alive) ]] || { problem "left: $(alive) after $(cat again.err)"; kill -9 $(alive | cut -d/ -f3); }
                done
                mounts | cmp - before || problem "mounts: $(mounts | diff before -)"
                """#
        )
        expectSilent(run)
        let names = (1...Self.times / (Requirements.areLong ? 1 : 2)).map { "ok\($0)" }
        try expectWhole(lab, acknowledged: Set(names))
        #expect(try lab.tool("cat", "ok1", "6-collect/stdout").text == "ACKNOWLEDGED\n")
    }

    @Test("A killed gc loses nothing that it was to keep", arguments: Requirements.users)
    func collection(user: UInt32?) throws {
        let lab = try StoreLab(user)
        let run = try lab.script(
            Self.functions + #"""
                for round in 1 2 3; do
                    for n in 1 2 3; do "$SBX" run --name n$n -- /bin/echo $round.$n >out || problem "run: $?"; done
                done
                age; "$SBX" run --name young -- /bin/echo YOUNG >out
                S=${C%/cache}; cp -a "$S" base; start=$(now); "$SBX" cache gc >out || problem "gc: $?"; usual=$(($(now) - start))
                grep -q 'deleted [1-9].* 6 runs' out || problem "gc had no work: $(cat out)"
                for n in $(seq \#(Self.times)); do
                    rm -rf "$S"; cp -a base "$S"; killed "$SBX" cache gc
                    "$SBX" cache verify >verify 2>&1 || problem "verify after the kill: $(cat verify)"
                    again "$SBX" cache gc
                    for n in 1 2 3; do
                        [[ $("$SBX" cat n$n 6-collect/stdout) == 3.$n ]] || problem "n$n is lost"
                    done
                    [[ $(ls "$C/refs/runs" | wc -l) == 4 ]] || problem "runs: $(ls "$C/refs/runs")"
                done
                """#
        )
        expectSilent(run)
        try expectWhole(lab, acknowledged: ["n1", "n2", "n3", "young"])
    }
}
