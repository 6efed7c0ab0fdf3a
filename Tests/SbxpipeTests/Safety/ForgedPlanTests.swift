import HostFiles
import TestSupport
import Testing

/// Plans from elsewhere whose archive is no longer what was made, though every digest of it is right.
@Suite("A forged plan from elsewhere", .tags(.large), .needsBubblewrap)
struct ForgedPlanTests {
    /// A shell's words that forge the one plan of a store.
    ///
    /// `forge FILE EXPRESSION [shown]` puts a changed file into its archive, with new digests all the
    /// way up to the plan's record; with `shown` the stage's receipt, which inspect reads, has it too. It says the plan's.
    private static let forger = """
        B=$C/blobs/sha256
        put() { local hex=$(sha256sum <"$1" | cut -d' ' -f1); cp "$1" "$B/$hex"; chmod 444 "$B/$hex"; echo $hex; }
        # In a document: another digest and size in place of a digest and its size.
        swap() {
            H=$2 N=$3 S=$4 perl -pi -e 's/("digest":"sha256:)$ENV{H}(","mediaType":"[^"]*","size":)\\d+/$1$ENV{N}$2$ENV{S}/g;
                s/$ENV{H}/$ENV{N}/g' $1
        }
        forge() {
            rm -rf "$C/refs" x; cp -r refs "$C/refs"; mkdir x
            local plan=$(ls "$C/refs/plans") old new hex
            cp "$B/$plan" plan.json; cp "$C/refs/plans/$plan" ref
            old=$(grep -o '"archive":{[^}]*}' plan.json | grep -o 'sha256:[0-9a-f]*' | cut -c8-)
            tar -xf "$B/$old" -C x; hex=$(sha256sum <x/$1 | cut -d' ' -f1)
            local name=${4:-$1}
            perl -p -e "$2" x/$1 >made; rm x/$1; mv made x/$name
            new=$(put x/$name); swap plan.json $hex $new $(stat -c %s x/$name)
            local receipt=$(grep -o '"materialize":"sha256:[0-9a-f]*' ref | tail -n 1 | grep -o '[0-9a-f]*$')
            if [[ -n $3 ]]; then
                cp "$B/$receipt" receipt; chmod 644 receipt; swap receipt $hex $new $(stat -c %s x/$name)
                sed -i "s/\\"$1\\"/\\"$name\\"/" receipt; swap ref $receipt $(put receipt) 0
            fi
            tar --format=ustar -cf new.tar -C x $(ls x)
            new=$(put new.tar); swap plan.json $old $new $(stat -c %s new.tar)
            chmod 644 plan.json; new=$(put plan.json); swap ref $plan $new 0
            rm "$C/refs/plans/$plan"; cp ref "$C/refs/plans/$new"; FORGED=sha256:$new
        }
        cp -r "$C/refs" refs

        """

    private func lab(_ user: UInt32?) throws -> StoreLab {
        let lab = try StoreLab(user)
        try lab.lab.folder.folder("shown")
        try lab.lab.own()
        try lab.spec("a", prints: "RAN", more: ", \"mounts\": [{\"bind\": \"shown\", \"at\": \"/mnt\"}]")
        let run = try lab.tool("plan", "a.json")
        #expect(run.code == 0, "\(run)")
        return lab
    }

    @Test("One that asks for more than its description is refused, whatever is allowed", arguments: StoreLab.someUsers)
    func bindings(user: UInt32?) throws {
        let lab = try lab(user)
        let run = try lab.script(
            Self.forger + #"""
                A="--allow host-mounts,sockets,secrets,network,changes"
                # The same files in another tar are the same plan, if not our own.
                forge bwrap.json 's/xx/xx/' shown
                "$SBX" exec $FORGED >out 2>err; [[ $? == 125 && ! -s out ]] || problem "not asked: $(cat out err)"
                grep -qF "host-mounts (/ (ro), $PWD/shown (ro))" err || problem "it asks: $(cat err)"
                "$SBX" exec $FORGED $A >out 2>err || problem "unchanged: $(cat err)"
                [[ $(cat out) == RAN ]] || problem "unchanged: $(cat out)"
                refused() {
                    local part=$1; shift
                    "$SBX" exec $FORGED $A >out 2>err; local code=$?
                    [[ $code == 125 && ! -s out && $(wc -l <err) == 2 ]] || problem "$part: $code $(cat out err)"
                    grep -qF "$part" err && grep -q "hint: bind it anew" err || problem "$part: $(cat err)"
                }
                forge bwrap.json 's/"mounts":\[/"mounts":[{"at":"\/media","field":"mounts[9]","kind":"bind","source":"\/etc","writable":true},/' shown
                refused 'its bwrap.json (mounts) is not what its description.json comes to here'
                forge bwrap.json 's/"--unshare-net",//' shown; refused '(before)'
                forge bwrap.json 's/"--cap-drop","ALL",//' shown; refused '(before)'
                forge bwrap.json 's/("source":"[^"]*shown")/$1,"writable":true/' shown
                refused '(mounts)'
                forge bwrap.json 's/"seccomp":"sha256:[0-9a-f]*",//' shown; refused '(seccomp)'
                forge bwrap.json 's/"maskedPaths":\[[^\]]*\]/"maskedPaths":[]/' shown; refused '(maskedPaths)'
                forge bwrap.json 's/"coversStore":true/"coversStore":false/' shown; refused '(coversStore)'
                # What people see of it has to be what is run.
                forge bwrap.json 's/"--unshare-net",//'; refused 'its bwrap.json is not the one that its archive has'
                forge bwrap.json 's/.*/{"places":[],"schema":"sbxpipe.direct\/v1","workdir":"\/"}/' shown direct.json
                refused 'its direct.json (runtime) is not'
                forge enforcement.json 's/"answer":"enforced","asked":"none","by":"[^"]*","name":"network","probes":\[[^\]]*\]/"answer":"missing","asked":"none","name":"network","why":"x"/' shown
                refused 'it does without network'
                # A description that says what it wants is a description.
                forge description.json 's/"hostname":"sandbox"/"hostname":"other"/' shown; refused '(before)'
                exit 0
                """#,
            environment: ["XDG_STATE_HOME": lab.lab.home + "/elsewhere"]
        )
        expectSilent(run)
    }
}
