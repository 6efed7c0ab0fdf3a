import ArgumentParser

/// `sbxpipe completion`.
struct CompletionCommand: ToolCommand {
    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        _superCommandName: "sbxpipe",
        abstract: "Print a script that teaches a shell the commands and flags.",
        usage: "sbxpipe completion bash|zsh|fish",
        discussion: """
            bash, in ~/.bashrc: source <(sbxpipe completion bash)
            zsh, once: sbxpipe completion zsh >"${fpath[1]}/_sbxpipe"
            fish, once: sbxpipe completion fish >~/.config/fish/completions/sbxpipe.fish
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    var job: CompletionJob { CompletionJob(global: global.flags(shortVerbose), shell: shell) }
}

/// What `sbxpipe completion` was asked to do.
struct CompletionJob: ToolJob {
    var global = GlobalFlags()
    var shell: CompletionCommand.Shell

    func perform(_ console: Console) throws -> Int32 {
        guard let shell = CompletionShell(rawValue: shell.rawValue) else {
            throw UsageError(message: "completion: there is none for \(shell.rawValue)")
        }
        let script = SbxpipeTool.completionScript(for: shell)
        console.write(script.hasSuffix("\n") ? script : script + "\n")
        return 0
    }
}
