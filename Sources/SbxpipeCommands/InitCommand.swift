import ArgumentParser
import HostFiles
import JSONText
import SandboxPipeline

/// `sbxpipe init`.
struct InitCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        _superCommandName: "sbxpipe",
        abstract: "Write a commented starter sandbox.json and make a store.",
        usage: "sbxpipe init [<dir>]",
        discussion: """
            The spec is for what the folder holds: a Python project, a Swift package, a makefile, or else anything. It \
            binds the folder at /project, has no network, and its comments say what to change next. The store is \
            cache/ and stages/ beside it, or where --store says. Nothing that is there is overwritten.
            """,
        version: SbxpipeVersion.line
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Argument(
        help: ArgumentHelp("The project's folder; made if it is missing.", valueName: "dir"),
        completion: .directory
    )
    var folder: String = "."

    var job: InitJob { InitJob(global: global.flags(shortVerbose), folder: folder) }
}

/// What `sbxpipe init` was asked to do.
struct InitJob: ToolJob {
    var global = GlobalFlags()
    var folder = "."

    func perform(_ console: Console) throws -> Int32 {
        let started = try ProjectStart(folder: folder, store: global.store).perform()
        if let other = HostSystem.environment()["SBXPIPE_STORE"], !other.isEmpty, global.store == nil {
            console.note("while SBXPIPE_STORE is set, the store is \(other), not the one made here")
        }
        if console.isJSON {
            console.write(document(started))
        } else if !console.isQuiet {
            console.write(text(started))
        }
        return 0
    }

    private static let nextCommands = ["sbxpipe plan", "sbxpipe exec"]

    private func document(_ started: StartedProject) -> JSONValue {
        [
            "schema": "sbxpipe.init/v1",
            "kind": .string(started.kind.rawValue),
            "folder": .string(started.folder),
            "spec": .string(AbsolutePath.join(started.folder, ProjectStart.specName)),
            "command": .strings(started.command),
            "store": .string(started.store),
            "madeStore": .bool(started.madeStore),
            "next": .strings(Self.nextCommands),
        ]
    }

    private func text(_ started: StartedProject) -> String {
        let here = folder == "." ? "" : Printable.escaped(folder.hasSuffix("/") ? folder : folder + "/")
        let command = Printable.escaped(started.command.map(Printable.shellQuoted).joined(separator: " "))
        let store = started.store == started.folder ? "\(here)cache/ stages/" : Printable.escaped(started.store)
        let change = folder == "." ? "" : "cd \(Printable.shellQuoted(folder)) && "
        return """
            wrote  \(here)sandbox.json, which runs: \(command)
            \(started.madeStore ? "made " : "kept ")  \(store), the store of plans and runs
            next   \(change)\(Self.nextCommands[0])
                   \(Self.nextCommands[1])

            """
    }
}
