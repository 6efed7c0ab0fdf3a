import HostFiles
import TestSupport
import Testing

@Suite("completion", .tags(.large))
struct CompletionTests {
    /// What bash offers for the last word of a command line.
    private func offers(_ words: String...) throws -> Set<String> {
        let space = try Workspace("completion")
        for name in ["sandbox.json", "other.sbx"] { try space.write("", to: name) }
        try space.makeFolder("folder")
        let script = try space.tool(["completion", "bash"])
        #expect(script.code == 0 && script.errors.isEmpty, "\(script.errorText)")
        try space.folder.write(script.text, to: "sbxpipe.bash")
        let driver = """
            source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
            complete -p sbxpipe >/dev/null || exit 9
            _sbxpipe sbxpipe "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let run = try Program.run(
            ["/bin/bash", "--norc", "-c", driver, space.folder("sbxpipe.bash"), "sbxpipe"] + words,
            in: space.work,
            environment: space.environment
        )
        #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
        return Set(run.text.split(separator: "\n").map(String.init))
    }

    @Test("bash completes every command of the tool", .enabled(if: FileMode.mayExecute("/bin/bash")))
    func commands() throws {
        let offered = try offers("")
        #expect(
            offered.isSuperset(of: [
                "init", "plan", "exec", "run", "inspect", "cat", "logs", "schema", "completion", "doctor",
            ])
        )
        #expect(try offers("pl") == ["plan"])
    }

    @Test(
        "bash completes files for a spec, and words where there are only some",
        .enabled(if: FileMode.mayExecute("/bin/bash"))
    )
    func arguments() throws {
        for command in ["plan", "exec"] {
            #expect(try offers(command, "") == ["sandbox.json", "other.sbx", "folder"])
        }
        #expect(try offers("plan", "-o", "") == ["other.sbx", "folder"])
        #expect(try offers("init", "") == ["folder"])
        #expect(try offers("exec", "--runtime", "run") == ["runc", "runsc"])
        #expect(try offers("doctor", "run") == ["runc", "runsc"])
        #expect(try offers("exec", "--capture", "") == ["separate", "combined", "none"])
        #expect(try offers("run", "--network", "") == ["none", "host"])
        #expect(try offers("run", "--preset", "re") == ["restricted"])
        #expect(try offers("run", "--cap-drop", "CAP_KI") == ["CAP_KILL"])
        #expect(try offers("inspect", "last", "l") == ["launch"])
        #expect(try offers("cat", "last", "6-collect/std") == ["6-collect/stdout", "6-collect/stderr"])
        #expect(try offers("logs", "--time") == ["--timestamps"])
        #expect(try offers("completion", "") == ["bash", "zsh", "fish"])
    }

    @Test("A script for each shell that is known, 64 for others")
    func shells() throws {
        let space = try Workspace("shells")
        for (shell, mark) in [("zsh", "#compdef sbxpipe"), ("fish", "complete -c 'sbxpipe'"), ("bash", "complete ")] {
            let run = try space.tool(["completion", shell])
            #expect(run.code == 0 && run.text.contains(mark) && run.text.contains("save-spec"), "\(shell)")
        }
        for words in [["tcsh"], [], ["bash", "zsh"]] {
            let run = try space.tool(["completion"] + words)
            #expect(run.code == 64 && run.output.isEmpty && run.errorLines.count == 2, "\(run)")
        }
    }
}
