import HostFiles
import SandboxPipeline
import TestSupport
import Testing

@Suite("A specification", .tags(.medium))
struct SpecificationTests {
    @Test("what Swift declares and what its JSON says are the same")
    func roundTrip() throws {
        let made = try SandboxSpecification(
            command: ["make", "check"],
            workingFolder: "/src",
            environment: ["LC_ALL": "C"],
            inheriting: ["PATH", "MAKE*"],
            binds: [
                .init("/srv/source", at: "/src"), .init("/srv/out", at: "/out", isWritable: true, isOptional: true),
            ],
            readsInput: true,
            name: "check"
        )
        let read = try SandboxSpecification(json: made.json, folder: made.folder)
        #expect(read.json == made.json)
        #expect(read.name == "check")
        #expect(read.folder == made.folder)
        for text in [#""make""#, #""LC_ALL": "C""#, #""MAKE*""#, #""/srv/out""#, #""rw""#, #""inherit""#] {
            #expect(made.json.contains(text), "\(text)")
        }
    }

    @Test("JSON may have comments, a folder where its relative paths start, and a name from elsewhere")
    func json() throws {
        let specification = try SandboxSpecification(
            json: """
                // What to run.
                { "command": ["/usr/bin/true"], "mounts": [{"bind": "data", "at": "/data"}] }
                """,
            folder: "/srv/../srv/project",
            name: "given"
        )
        #expect(specification.folder == "/srv/project")
        #expect(specification.name == "given")
        #expect(try SandboxSpecification(json: #"{"command": ["/bin/a b"]}"#).name == "a_b")
    }

    @Test(
        "what is no specification is an error that names the field or line",
        arguments: [
            ("{", "line 1"), (#"{"command": "true"}"#, "command"), (#"{"command": []}"#, "command"),
            (#"{"command": ["true"], "colour": 1}"#, "colour"),
            (#"{"command": ["true"], "network": "none", "namespaces": {"net": false}}"#, "net"),
            (#"{"command": ["true"], "workdir": "here"}"#, "workdir"),
        ]
    )
    func invalid(json: String, field: String) {
        let error = #expect(throws: SandboxError.self) { try SandboxSpecification(json: json) }
        #expect(error?.code == .invalidSpecification)
        #expect(error?.message.contains(field) == true, "\(error?.message ?? "")")
    }

    @Test("values from Swift are checked as those of JSON are")
    func invalidValues() {
        let makers: [() throws -> SandboxSpecification] = [
            { try SandboxSpecification(command: []) },
            { try SandboxSpecification(command: ["a\u{0}b"]) },
            { try SandboxSpecification(command: ["a"], workingFolder: "b") },
            { try SandboxSpecification(command: ["a"], environment: ["A=B": ""]) },
            { try SandboxSpecification(command: ["a"], name: "no name") },
            { try SandboxSpecification(command: ["a"], binds: [.init("/b", at: "/")]) },
            { try SandboxSpecification(json: #"{"command": ["a"]}"#, name: "last") },
        ]
        for make in makers {
            let error = #expect(throws: SandboxError.self) { try make() }
            #expect(error?.code == .invalidSpecification)
        }
    }

    @Test("a file's relative paths start in its folder, and the command can't write the file", .tags(.large))
    func file() throws {
        try #require(Requirements.has("bwrap"))
        let program = try Program()
        let path = try program.folder.write(
            #"{"command": ["sh", "-c", "echo in > /here/new; echo x >> /here/sandbox.json"], "#
                + #""mounts": [{"bind": ".", "at": "/here", "mode": "rw"}]}"#,
            to: "work/sandbox.json"
        )
        let specification = try SandboxSpecification(file: path)
        #expect(specification.name == "sandbox")
        #expect(specification.folder == program.work)
        let (run, _, errors) = try program.read(program.pipeline.exec(program.pipeline.plan(specification)))
        #expect(run.exitCode != 0)
        #expect(errors.contains("Read-only file system"))
        #expect(try program.folder.read("work/new") == "in\n")
    }

    @Test("a file that is not there, or says nothing valid, is an error that names it")
    func badFiles() throws {
        let program = try Program()
        let missing = #expect(throws: SandboxError.self) { try SandboxSpecification(file: program.work + "/none.json") }
        #expect(missing?.code == .failed)
        #expect(missing?.message.contains("none.json") == true)
        let path = try program.folder.write("{}", to: "work/empty.json")
        let invalid = #expect(throws: SandboxError.self) { try SandboxSpecification(file: path) }
        #expect(invalid?.code == .invalidSpecification)
        #expect(invalid?.message.contains("empty.json: command") == true)
    }

    @Test("what this version can't enforce is refused by name, not dropped", .tags(.large))
    func notEnforced() throws {
        try #require(Requirements.has("bwrap"))
        let program = try Program()
        for (field, control) in [
            (#""namespaces": {"time": true}"#, "namespaces.time"), (#""root": {"image": "debian"}"#, "root"),
        ] {
            let specification = try SandboxSpecification(json: "{\"command\": [\"true\"], \(field)}")
            let error = #expect(throws: SandboxError.self) { try program.pipeline.plan(specification) }
            #expect(error?.code == .notEnforced)
            #expect(error?.control == control)
        }
    }

    @Test("a source that is not there is an error of planning", .tags(.large))
    func missingSource() throws {
        try #require(Requirements.has("bwrap"))
        let program = try Program()
        let specification = try SandboxSpecification(command: ["true"], binds: [.init("/nowhere", at: "/x")])
        let error = #expect(throws: SandboxError.self) { try program.pipeline.plan(specification) }
        #expect(error?.code == .invalidSpecification)
        #expect(error?.message.contains("mounts[0].bind") == true)
    }
}
