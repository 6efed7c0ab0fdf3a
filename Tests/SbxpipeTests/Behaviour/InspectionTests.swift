import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("Looking at plans and runs", .tags(.large), .needsBubblewrap)
struct InspectionTests {
    private static let folders = ["1-resolve", "2-env", "3-materialize", "4-archive", "5-launch", "6-collect"]

    private func prepared() throws -> Workspace {
        let space = try Workspace("inspect")
        try space.spec(["name": "job", "command": ["/bin/sh", "-c", "echo hi; echo x >/tmp/x"], "outputs": ["/tmp/x"]])
        #expect(try space.tool(["exec", "sandbox.json"]).code == 0)
        return space
    }

    @Test("inspect lists six stages of a run, four of a plan")
    func overview() throws {
        let space = try prepared()
        let run = try space.tool(["inspect", "last"])
        #expect(run.code == 0, "\(run)")
        let names = ["resolve", "env", "materialize", "archive", "launch", "collect"]
        for (index, name) in names.enumerated() {
            #expect(run.text.contains("\n\(index + 1) \(name)  sha256:"), "\(run)")
        }
        let document = try space.json(["inspect", "last", "--json"])
        #expect(document["schema"]?.stringValue?.hasPrefix("sbxpipe.") == true)
        #expect(document["stages"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == names)
        let plan = try #require(document["plan"]?.stringValue)
        let ofPlan = try space.json(["inspect", plan, "--json"])
        #expect(ofPlan["stages"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == Array(names.prefix(4)))
    }

    @Test("Each stage and each file of it, as text and as one JSON document")
    func stages() throws {
        let space = try prepared()
        let document = try space.json(["inspect", "--json"])
        for stage in document["stages"]?.arrayValue ?? [] {
            let name = try #require(stage["name"]?.stringValue)
            let text = try space.tool(["inspect", "last", name])
            #expect(text.code == 0, "\(text)")
            let json = try space.json(["inspect", "last", name, "--json"])
            #expect(json["schema"]?.stringValue?.hasPrefix("sbxpipe.") == true)
            for (file, descriptor) in stage["files"]?.objectValue ?? [:] {
                #expect(text.text.contains(file))
                let bytes = try space.tool(["cat", "last", "\(name)/\(file)"]).output
                #expect(descriptor["size"] == .integer(Int64(bytes.count)), "\(file)")
                let sum = try Program.run(["/usr/bin/sha256sum"], in: "/", environment: [:], stdin: bytes).text.prefix(
                    64
                )
                #expect(descriptor["digest"] == .string("sha256:\(sum)"), "\(file)")
                guard file.hasSuffix(".json") else { continue }
                let artefact = try space.json(["inspect", "last", "\(name)/\(file)", "--json"])
                #expect(artefact == (try JSONParser.parse(bytes)))
                // The form of the filter is another's.
                let isOurs = artefact["schema"]?.stringValue?.hasPrefix("sbxpipe.") == true
                #expect(isOurs == (file != "seccomp.json"), "\(file)")
            }
        }
    }

    @Test("The stages are found on disk, by relative links to what cat prints")
    func onDisk() throws {
        let space = try prepared()
        let last = space.store + "/stages/last"
        for folder in Self.folders {
            for name in try Folder.names("\(last)/\(folder)") {
                let path = "\(folder)/\(String(decoding: name, as: UTF8.self))"
                let target = try Folder.target(of: "\(last)/\(path)")
                #expect(!target.hasPrefix("/"), "\(path)")
                let bytes = try FileContent.read("\(last)/\(path)", limit: 1 << 24)
                #expect(bytes == (try space.tool(["cat", "last", path]).output), "\(path)")
            }
        }
        #expect(
            try Folder.names("\(last)/5-launch").map { String(decoding: $0, as: UTF8.self) }.contains("result.json")
        )
    }

    @Test("links that are as those of the run before are these under a second name, and outlive that run")
    func sharedLinks() throws {
        let space = try prepared()
        let first = try Folder.target(of: space.store + "/stages/last")
        #expect(try space.tool(["exec", "sandbox.json"]).code == 0)
        let (before, now) = ("\(space.store)/stages/\(first)", "\(space.store)/stages/last")
        func inode(_ path: String) throws -> UInt64? { try FileStatus.of(path)?.inode }
        for name in ["1-resolve", "4-archive", "6-collect/stdout", "6-collect/outputs.tar"] {
            #expect(try inode("\(before)/\(name)") == inode("\(now)/\(name)"), "\(name)")
        }
        for name in ["5-launch/result.json", "6-collect/run.json"] {
            #expect(try Folder.target(of: "\(before)/\(name)") != Folder.target(of: "\(now)/\(name)"), "\(name)")
        }
        #expect(try space.tool(["rm", String(first.suffix(8))]).code == 0)
        #expect(try FileStatus.of(before) == nil)
        #expect(try FileContent.read("\(now)/6-collect/stdout", limit: 10) == Array("hi\n".utf8))
        #expect(try FileStatus.of("\(now)/1-resolve/inputs.json", following: true)?.kind == .file)
    }

    @Test("--json is one document and nothing else on stdout")
    func oneDocument() throws {
        let space = try prepared()
        for arguments in [
            ["plan", "--json"], ["plan", "--json", "--verbose"], ["plan", "--print-command", "--json"],
            ["plan", "--print-command", "--full", "--json"], ["inspect", "--json"],
            ["inspect", "job", "env", "--json"],
        ] {
            _ = try space.json(arguments)
        }
    }

    @Test("The record in the store is the one of --result")
    func sameRecord() throws {
        let space = try Workspace("samerecord")
        let (run, record) = try space.recorded(["run", "--", "/bin/sh", "-c", "exit 5"])
        #expect(run.code == 5)
        #expect(try space.artefact("5-launch/result.json") == record)
        let kept = try space.artefact("6-collect/run.json")
        #expect(kept["plan"] == record?["plan"])
        #expect(kept["cached"] == false)
        #expect(kept["name"] == "sh")
        for member in ["started", "finished", "wall", "user", "system", "maxRSS", "argv", "slots", "enforcement"] {
            #expect(record?[member] != nil, "\(member)")
        }
    }

    @Test("What is not there is exit 2 and one line")
    func unknown() throws {
        let space = try prepared()
        for arguments in [
            ["inspect", "absent"], ["inspect", "last", "absent"], ["inspect", "last~7"], ["inspect", "last~x"],
            ["cat", "last", "6-collect/absent"], ["cat", "last", "absent"], ["cat", "last", "../../key"],
            ["logs", "absent"],
            ["inspect", "0123456789abcdef"], ["schema", "absent"], ["cat", "last", "2-env/env.json/below"],
        ] {
            let run = try space.tool(arguments)
            #expect(run.code == 2 || (arguments[0] == "schema" && run.code == 64), "\(arguments) \(run)")
            #expect(run.text.isEmpty)
            #expect(run.errorLines.first?.hasPrefix("sbxpipe: error: ") == true)
            #expect(run.errorLines.count <= 2)
        }
    }

    @Test("Wrong usage is 64 with a hint, help and version are 0")
    func usage() throws {
        let space = try Workspace("usage")
        for arguments in [
            ["nosuch"], ["plan", "a", "b"], ["cat", "last"], ["--nosuch"], ["inspect", "--color", "sometimes"],
        ] {
            let run = try space.tool(arguments)
            #expect(run.code == 64, "\(arguments) \(run)")
            #expect(run.text.isEmpty)
        }
        for arguments in [
            ["--help"], ["--version"], ["plan", "--help"], ["exec", "-h"], ["run", "--help"], ["schema", "-h"],
        ] {
            let run = try space.tool(arguments)
            #expect(run.code == 0, "\(arguments) \(run)")
            #expect(!run.text.isEmpty && run.errorText.isEmpty)
        }
    }
}
