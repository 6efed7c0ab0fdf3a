import TestSupport
import Testing

/// A disk that is full at any point of a plan or an exec: one line, the right code, and nothing lost (SAFETY.md, Faults).
@Suite(
    "A store on a full disk",
    .tags(.large),
    .needsBubblewrap,
    .enabled(if: Requirements.isRoot, "mounting a small file system needs root")
)
struct StoreFullTests {
    /// `fresh OPTIONS` mounts an empty store of that size, `tried CODE COMMAND...` runs what succeeds, or fails with that
    /// code and one line, `whole` looks at what it left; `$need` is how many kilobytes, `$inodes` how many files and
    /// folders a plan and an exec take.
    ///
    /// The command prints more than a pipe holds.
    private static let functions = """
        echo "{\\"command\\": [\\"/usr/bin/seq\\", \\"20000\\"]}" >a.json; mkdir st; seq 20000 >wanted
        fresh() {
            ! mountpoint -q st || umount st; mount -t tmpfs -o "mode=700,uid=$($AS id -u),gid=$($AS id -g),$1" none st
        }
        tried() {
            local what="$limit: $2" bad=$1; shift
            $AS "$SBX" "$@" --store st >out 2>err
            code=$?
            # Links in stages/ are for people: a plan or run counts without them.
            grep -v "^sbxpipe: the .* is kept, but its folder in stages/ could not be made: " err >said
            case $code in
                0) [[ ! -s said ]] || problem "$what: 0 $(cat err)" ;;
                $bad) [[ $(grep -c "^sbxpipe: error: .*no space left on device" said) == 1 &&
                    $(grep -c "^sbxpipe: hint: " said) == 1 && $(grep -c . said) == 2 ]] || problem "$what: $code $(cat err)" ;;
                *) problem "$what: $code $(cat err)" ;;
            esac
        }
        whole() {
            $AS "$SBX" cache verify --store st >found 2>&1 || problem "$limit: after $1: verify: $(cat found)"
            [[ -z $(ls -A st/cache/tmp) ]] || problem "$limit: after $1: left in tmp: $(ls st/cache/tmp)"
        }
        runs() { ls st/cache/refs/runs | wc -l; }
        limit=none; fresh size=64m; tried 2 plan a.json; tried 125 exec a.json
        need=$(df --output=used -k st | tail -1) inodes=$(df --output=iused st | tail -1)
        least=$(($(find st/cache st/stages -maxdepth 2 -type d | wc -l) + 8))
        tries() {
            for limit in "$@"; do
                fresh $limit; tried 2 plan a.json; whole plan; planned=$code
                tried 125 exec a.json; whole exec; echo "$planned $code" >>codes
                # What failed after the command ran was not kept, and is not listed.
                [[ $(runs) == $((code == 0)) ]] || problem "$limit: exit $code, and $(runs) runs are listed"
                [[ $code != 0 ]] || cmp out wanted || problem "$limit: its output is cut"
                mount -o remount,size=64m,nr_inodes=10000 st; listed=$(runs)
                $AS "$SBX" exec --store st a.json >out 2>err || problem "$limit: again: $? $(cat err)"
                [[ ! -s err ]] && cmp out wanted || problem "$limit: again: $(cat err)"
                [[ $(runs) == $((listed + 1)) ]] || problem "$limit: again, and it is not listed"
                whole again
            done
            umount st
        }

        """

    private func tries(_ user: UInt32?, _ limits: String) throws -> ToolRun {
        let lab = try StoreLab(user)
        let run = try lab.mounting(Self.functions + limits)
        #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
        return run
    }

    @Test("Eight sizes, from too small for anything to nearly enough", arguments: Requirements.users)
    func sizes(user: UInt32?) throws {
        let run = try tries(
            user,
            """
            tries $(for i in 0 1 2 3 4 5 6 7; do echo size=$((4 + (need - 8) * i / 7))k; done)
            sort -u codes
            """
        )
        // Neither, the plan alone.
        #expect(run.text == "0 125\n2 125\n", "\(run)")
    }

    @Test("So many files and no more", arguments: StoreLab.someUsers)
    func files(user: UInt32?) throws {
        let run = try tries(
            user,
            """
            tries $(for i in 0 1 2 3; do echo nr_inodes=$((least + (inodes - 1 - least) * i / 3)); done)
            sort -u codes
            """
        )
        // At the last step the links in stages/ alone are missing.
        #expect(run.text == "0 0\n0 125\n2 125\n", "\(run)")
    }
}
