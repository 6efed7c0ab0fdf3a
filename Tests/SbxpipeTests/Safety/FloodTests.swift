import TestSupport
import Testing

/// Output without end, and disks that do not take it (SAFETY.md, promise 7; Faults).
@Suite("Floods of output", .tags(.large), .needsBubblewrap)
struct FloodTests {
    /// Bytes on each stream: 64 MiB, in long runs 2 GiB.
    private static let size: Int64 = Requirements.areLong ? 2 << 30 : 64 << 20

    @Test("Head, tail, count and digest of each stream are right, and neither memory nor disk grows with it")
    func bothStreams() throws {
        let run = try StoreLab(Requirements.users.last ?? nil).script(
            #"""
            made() { yes "$1 $1 0123456789 abcdefghijklmnopqrstuvwxyz" | head -c \#(Self.size); }
            declare -f made >made.sh; script="$(cat made.sh); made err >&2 & made out; wait; exit 23"
            # Past the limits of two streams and of frames.jsonl nothing but folders and the store's own documents.
            limit=$((4 << 20)); half=$((limit / 2)); most=$((3 * 4096 + 512))
            "$SBX" run --set capture.limit=4M -- /bin/bash -c "$script" >/dev/null 2>/dev/null & run=$!
            while kill -0 $run; do
                memory=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$run/status); peak=${memory:-$peak}
                disk=$(du -sk "$C/tmp" | cut -f1); (( disk <= most )) || problem "$disk KiB in tmp"
                sleep 0.05
            done
            wait $run; code=$?; [[ $code == 23 ]] || problem "exit code $code"
            (( peak > 0 && peak < 64 << 10 )) || problem "$peak KiB of memory"
            (( $(du -sk "$C" | cut -f1) <= most )) || problem "the store has $(du -sk "$C")"
            "$SBX" cat last 6-collect/captures.json >captures
            for pair in out:stdout err:stderr; do
                name=${pair#*:}; sum=$(made ${pair%:*} | sha256sum | cut -c1-64)
                "$SBX" cat last 6-collect/$name >kept
                { made ${pair%:*} | head -c $half; made ${pair%:*} | tail -c $half; } | cmp - kept || problem "$name is not head and tail"
                python3 - "$name" "$sum" captures <<'E' || problem "$name: $(cat captures)"
            import json, sys
            stream = json.load(open(sys.argv[3]))[sys.argv[1]]
            assert stream["bytes"] == \#(Self.size) and stream["truncated"] is True, stream
            assert stream["digest"] == "sha256:" + sys.argv[2], stream
            E
            done
            "$SBX" cache verify >out 2>err || problem "verify: $(cat out err)"
            """#
        )
        expectSilent(run)
    }

    @Test("A reader that goes away is no failure, and the capture is whole", arguments: StoreLab.someUsers)
    func closedOutput(user: UInt32?) throws {
        let run = try StoreLab(user).script(
            #"""
            "$SBX" run -- /bin/sh -c 'seq 300000; exit 3' 2>err | head -n 1 >out; codes="${PIPESTATUS[*]}"
            [[ $codes == "3 0" && $(cat out) == 1 && ! -s err ]] || problem "$codes: $(cat out err)"
            "$SBX" cat last 6-collect/stdout | cmp - <(seq 300000) || problem "the capture is cut"
            # Nor is a stdout that was closed from the start.
            "$SBX" run -- /bin/sh -c 'seq 300000; exit 4' >&- 2>err; code=$?
            [[ $code == 4 ]] || problem "$code: $(cat err)"
            "$SBX" cat last 6-collect/stdout | cmp - <(seq 300000) || problem "the second capture is cut"
            """#
        )
        expectSilent(run)
    }

    /// What ends a run in mid-capture: one line, nothing listed, nothing left in `tmp`, a store that verifies.
    private static let lost = #"""
        lost() {
            wait_until '! kill -0 $run' || { problem "it goes on"; kill -9 $run; }
            wait $run; code=$?; [[ $code == 125 ]] || problem "$code: $(cat err)"
            [[ $(grep -c "^sbxpipe: error: .*stdout.*$1" err) == 1 && $(grep -vc "^sbxpipe: hint: " err) == 1 ]] || problem "$(cat err)"
            [[ -z $(ls $2/cache/refs/runs) && -z $(ls -A $2/cache/tmp) ]] || problem "left: $(ls $2/cache/refs/runs $2/cache/tmp)"
            "$SBX" cache verify --store $2 >out 2>err || problem "verify: $(cat out err)"
        }

        """#

    @Test("A file-size limit in mid-capture ends the run, which says so", arguments: StoreLab.someUsers)
    func fileSize(user: UInt32?) throws {
        let run = try StoreLab(user).script(
            Self.lost + #"""
                (ulimit -f 3000; exec "$SBX" run --store st -- /usr/bin/yes) >/dev/null 2>err & run=$!
                lost "file too large" st
                """#
        )
        expectSilent(run)
    }

    @Test(
        "A disk that is full in mid-capture ends the run, which says so",
        .enabled(if: Requirements.isRoot, "mounting a small file system needs root"),
        arguments: StoreLab.someUsers
    )
    func fullDisk(user: UInt32?) throws {
        let run = try StoreLab(user).mounting(
            Self.lost + #"""
                mkdir st; mount -t tmpfs -o "mode=700,size=6m,uid=$($AS id -u),gid=$($AS id -g)" none st
                sbx=$SBX; SBX=$PWD/as; echo "exec $AS $sbx \"\$@\"" >as; chmod +x as
                "$SBX" run --store st -- /usr/bin/yes >/dev/null 2>err & run=$!
                lost "no space left on device" st
                """#
        )
        expectSilent(run)
    }
}
