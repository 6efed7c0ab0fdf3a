import HostFiles
import JSONText
import TestSupport
import Testing

/// A secret is seen inside and nowhere else, on every runtime (SAFETY.md, promise 4).
@Suite("Secrets", .tags(.large), .serialized, .sharingLabs)
struct SecretTests {
    @Test(
        "A random secret by variable and by file is seen inside, and in no file, argv, log or record, nor left in memory",
        arguments: RuntimeColumn.every
    )
    func seenInsideAlone(_ column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let secret = SecretLab()
        let isDirect = column.runtime == "direct"
        // A script of the sandbox compares them by what it is told of the value: its length, and its sum.
        let flags = isDirect ? "" : "--set 'secrets.F={\"file\": \"tok\", \"at\": \"/run/f\"}'"
        let file = isDirect ? "$TOK" : "$(cat /run/f)"
        let run = try lab.script(
            SecretLab.prelude + """
                umask 077; printf '%s\\n' "$TOK" >tok
                sum=$(printf %s "$TOK" | cksum)
                started secret --verbose --secret TOK --secret VAR=file:tok \(flags) -- /bin/sh -c '
                    for v in "$TOK" "$VAR" "\(file)"; do
                        [ "$(printf %s "$v" | cksum)" = "$0" ] || echo "another value"; done
                    [ -w /run/f ] && [ "$(id -u)" != 0 ] && echo "it can be written"
                    [ -e /run/f ] && ls -ln /run/f | cut -c1-10
                    '"$UP" "$sum"
                grep -vx 'UP\\|-r--------\\|' secret.out
                private=$(grep -oah '"privateFolder":"[^"]*' "$C"/leases/* | cut -d '"' -f 4)
                if [[ -n "\(column.isContainer ? "x" : "")" ]]; then
                    [[ $(stat -c %a "$private") == 700 ]] || problem "private folder: $(stat -c '%a %n' "$private")"
                    [[ $(stat -fc %T "$private") == tmpfs ]] || problem "on $(stat -fc %T "$private")"
                else [[ -z $private ]] || problem "private folder $private"
                fi
                printf x%s "$TOK" | base64 >control; [[ -n $(nowhere control) ]] || problem "it could not be found"
                nowhere "$C" "$C/../stages" *.out *.err /proc/[0-9]*/cmdline
                kill -TERM $run; ended 143
                [[ -z $private || ! -e $private ]] || problem "left $private: $(find $private)"
                nowhere "$C" "$C/../stages" *.out *.err result.json
                nothing_left secret
                grep -q '"name": "secrets.TOK"' result.json || problem "slots: $(grep -A40 slots result.json)"
                """,
            adding: secret.variables
        )
        #expect(run.text.isEmpty, "\(run)")
    }

    @Test(
        "What a tool that is killed leaves of a secret in memory is gone after the next start",
        arguments: RuntimeColumn.sandboxes.filter(\.isContainer)
    )
    func killed(_ column: RuntimeColumn) throws {
        let run = try RuntimeLab.of(column).script(
            SecretLab.prelude + """
                started killed --secret TOK -- /bin/sh -c "$UP # $MARK"
                private=$(grep -oah '"privateFolder":"[^"]*' "$C"/leases/* | cut -d '"' -f 4)
                kill -9 $run; wait $run
                [[ -n $(nowhere "$private") ]] || problem "config.json is not in $private"
                sbx run -- /bin/true >again.out 2>&1 || problem "$(cat again.out)"
                [[ -n $private && ! -e $private ]] || problem "left $private: $(find $private)"
                nothing_left killed
                """,
            adding: SecretLab().variables
        )
        #expect(run.text.isEmpty, "\(run)")
    }

    @Test(
        "The folder in memory can't be seen inside, though the host's is shown there",
        arguments: RuntimeColumn.sandboxes.filter { ["runc", "runsc"].contains($0.runtime) }
    )
    func covered(_ column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let script = """
            cd /x; for f in sbxpipe-????????????????; do [ -e "$f" ] || continue; echo shown; ls -A "$f" 2>/dev/null
            mv "$f" y 2>/dev/null && echo moved; done; for f in */bundle/config.json; do cat "$f" 2>/dev/null; done; true
            """
        let flags = ["--secret", "TOK", "-v", "/dev/shm:/x"]
        let (run, _) = try lab.shell(script, flags, adding: ["TOK": SecretLab().value])
        #expect(run.code == 0 && Set(run.text.split(separator: "\n")) == ["shown"], "\(run)")
        guard column.runtime == "runc", !column.isOrdinary else { return }
        let all = try lab.shell(
            "ls -A /dev/shm/sbxpipe-????????????????; grep -rlF \"$TOK\" /dev/shm /run 2>/dev/null; true",
            ["--secret", "TOK", "--preset", "privileged"],
            adding: ["TOK": SecretLab().value]
        )
        #expect(all.run.text.isEmpty, "\(all.run)")
    }

    @Test(
        "A command that is another user inside can read the file as well, and can't write it",
        arguments: RuntimeColumn.sandboxes.filter { $0.runtime != "runc" }
    )
    func anotherUser(_ column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let value = SecretLab().value
        let file = try lab.space.write(value, to: "other")
        let flags = [
            "--user", "1000", "--set", "namespaces.user=true", "--set",
            "secrets.F={\"file\": \"\(file)\", \"at\": \"/run/f\"}",
        ]
        let (run, _) = try lab.shell("id -u; cat /run/f; (echo x >/run/f) 2>/dev/null || echo", flags)
        #expect(run.text == "1000\n\(value)\n", "\(run)")
    }

    @Test(
        "Without a tmpfs a runtime that needs files starts nothing, and bubblewrap does",
        arguments: Requirements.users
    )
    func noMemory(user: UInt32?) throws {
        guard Requirements.isRoot, Requirements.has("runc"), Requirements.has("bwrap") else { return }
        let lab = try SafetyLab(user)
        let run = try lab.mounting(
            """
            mkdir d; mount --bind d /dev/shm; mount --bind d /run; chmod 777 d; export TOK=value1value1
            $AS "$SBX" run --runtime runc --secret TOK -- /bin/echo RAN || echo $?
            $AS "$SBX" run --runtime bwrap --secret TOK -- /bin/echo RAN
            mkdir e; mount -t tmpfs -o mode=777 none e; export XDG_RUNTIME_DIR=$PWD/e
            $AS "$SBX" run --runtime runc --secret TOK -- /bin/echo RAN || echo $?
            """
        )
        #expect(run.text == "125\nRAN\n125\n", "\(run)")
        #expect(run.errorText.contains("error: run: secrets.TOK: ") && run.errorText.contains("tmpfs"), "\(run)")
    }
}
