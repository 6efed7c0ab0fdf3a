import HostFiles
import SandboxSpec

extension StarterSpec {
    /// The spec for what lies in a folder.
    init(for files: ProjectFiles, tools: HiddenTool) {
        let found = ProjectKind.found(in: files)
        let name = SpecName.derived(fromCommand: files.folder)
        switch found.first?.kind ?? .plain {
        case .python: self = Self.python(name, files, tools)
        case .swift: self = Self.swift(name, files, tools)
        case .make:
            self.init(
                name: name,
                finding: "a makefile, \(found[0].file)",
                command: ["make"],
                commandNotes: ["Makes the first target; name another one, or more of them, behind it."],
                outputs: ["/project/build/**"]
            )
        case .plain:
            self.init(
                name: name,
                finding: "no project that it knows",
                command: [
                    "sh", "-c",
                    "echo I am $(id -un) on $(hostname), in $PWD. I see $(ls -d /proc/[0-9]* | wc -l) processes, "
                        + "of networks $(cut -s -d: -f1 /proc/net/dev), and these files:; ls -A",
                ],
                commandNotes: ["Shows where it is and what it sees. Put your own command here."],
                outputs: ["/project/result.txt"]
            )
        }
        for other in found.dropFirst() { commandNotes.append(Self.alternative(other.kind, other.file)) }
    }

    private static func alternative(_ kind: ProjectKind, _ file: String) -> String {
        switch kind {
        case .make: "There is \(file) too: [\"make\"] would make its first target."
        case .swift: "There is \(file) too: [\"swift\", \"build\"] would build it."
        case .python, .plain: "There is \(file) too."
        }
    }

    private static func python(_ name: String, _ files: ProjectFiles, _ tools: HiddenTool) -> StarterSpec {
        let project = PythonProject(files)
        let environment = project.environment
        let (command, what) = project.command(environment?.interpreter ?? "python3")
        let base = environment.map { $0.base.flatMap { tools.hides($0) ? $0 : nil } } ?? tools.pythonFolder()
        var spec = StarterSpec(
            name: name,
            finding: "a Python project",
            command: command,
            commandNotes: [what],
            toolFolder: base,
            outputs: ["/project/report.xml"]
        )
        if environment == nil {
            spec.commandNotes.append(
                "The python3 on PATH runs it; of an environment in this folder: [\".venv/bin/python\", \"-m\", …]."
            )
        }
        if project.hasSourceFolder {
            spec.variables.append(("PYTHONPATH", place + "/src", "Where the project's own packages are."))
        }
        return spec
    }

    private static func swift(_ name: String, _ files: ProjectFiles, _ tools: HiddenTool) -> StarterSpec {
        let verb = files.names("Tests").isEmpty ? "build" : "test"
        let hasDependencies = files.text("Package.swift").contains("url:")
        var spec = StarterSpec(
            name: name,
            finding: "a Swift package",
            command: ["swift", verb, "--scratch-path", ".build/sandbox"],
            commandNotes: [
                verb == "test" ? "Builds the package and runs its tests." : "Builds the package.",
                "The scratch folder is one of its own: paths in it, which builds remember, differ from those outside.",
            ],
            toolFolder: tools.swiftFolder(),
            outputs: ["/project/.build/sandbox/debug/NAME"]
        )
        if hasDependencies {
            spec.commandNotes.append(
                "Dependencies are fetched on a first run with a network: sbxpipe exec --set network=host"
            )
        }
        spec.variables.append(
            (
                "HOME", "/tmp",
                "The compiler and the package manager keep caches there; /tmp is in memory and goes with the run."
            )
        )
        return spec
    }
}
