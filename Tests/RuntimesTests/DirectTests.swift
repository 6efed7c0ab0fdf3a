import HostFiles
import JSONText
import PipelineContracts
import SandboxSpec
import TestSupport
import Testing

@testable import Runtimes

@Suite("What runtime direct answers to each control", .tags(.small))
struct DirectEnforcementTests {
    private func answers(
        _ members: String,
        sources: [SourceFact] = [],
        isRoot: Bool = true,
        waived: [Refusal] = []
    ) throws -> ControlAnswers {
        let text = "{\"command\": [\"true\"], \"preset\": \"overlay\"\(members.isEmpty ? "" : ", ")\(members)}"
        let spec = try SpecText.load(Array(text.utf8), file: "sandbox.json")
        #expect(SpecRules.problems(in: spec, runtime: .direct).isEmpty)
        let host = HostFacts.fixture(isRoot: isRoot)
        return DirectEnforcement(EffectiveSpec(spec), sources: sources, host: host, waived: waived).answers
    }

    private func place(_ at: String?, _ source: String = "/p") -> [SourceFact] {
        [
            SourceFact(field: "mounts[0]", declared: "p", path: source, kind: "folder"),
            SourceFact(field: "mounts[0].at", declared: "/x", path: at ?? "/x", kind: at == nil ? "absent" : "folder"),
        ]
    }

    @Test("a preset's own mount namespace is not needed, and nothing else is asked for")
    func plain() throws {
        let found = try answers("")
        #expect(found.refusals.isEmpty)
        #expect(found.enforcement.controls.map(\.name) == ["namespaces.mount"])
        #expect(found.enforcement.controls.first?.answer == .notNeeded)
    }

    @Test(
        "what takes a mount, a namespace or a privilege is missing, by control and field",
        arguments: [
            (#""mounts": [{"tmpfs": "/t"}]"#, "mounts.tmpfs", "mounts[0].tmpfs"),
            (#""mounts": [{"text": "x", "at": "/f"}]"#, "mounts.text", "mounts[0].text"),
            (#""mounts": [{"hide": "/a", "optional": true}]"#, "mounts.hide", "mounts[0].hide"),
            (#""mounts": [{"readonly": "/a"}]"#, "mounts.readonly", "mounts[0].readonly"),
            (#""namespaces": {"pid": true}"#, "namespaces.pid", "namespaces.pid"),
            (#""namespaces": {"ipc": true}"#, "namespaces.ipc", "namespaces.ipc"),
            (#""namespaces": {"uts": true}"#, "namespaces.uts", "namespaces.uts"),
            (#""namespaces": {"cgroup": true}"#, "namespaces.cgroup", "namespaces.cgroup"),
            (#""namespaces": {"user": true}"#, "namespaces.user", "namespaces.user"),
            (#""namespaces": {"mount": true}"#, "namespaces.mount", "namespaces.mount"),
            (#""security": {"capabilities": {"drop": ["ALL"]}}"#, "security.capabilities", "security.capabilities"),
            (#""security": {"capabilities": {"drop": ["CHOWN"]}}"#, "security.capabilities", "security.capabilities"),
            (#""security": {"noNewPrivileges": true}"#, "security.noNewPrivileges", "security.noNewPrivileges"),
            (#""security": {"maskedPaths": ["/a"]}"#, "security.maskedPaths", "security.maskedPaths"),
            (#""security": {"readonlyPaths": ["/a"]}"#, "security.readonlyPaths", "security.readonlyPaths"),
            (#""init": true"#, "init", "init"),
        ]
    )
    func missing(members: String, control: String, field: String) throws {
        let found = try answers(members)
        let entry = try #require(found.enforcement.controls.first { $0.name == control })
        #expect(entry.answer == .missing)
        #expect(!entry.detail.isEmpty)
        #expect(found.refusals.map(\.control.rawValue) == [control])
        let refusal = try #require(found.refusals.first)
        #expect(refusal.field == field)
        #expect(refusal.waivable)
        #expect(refusal.hint?.contains("--allow-degraded \(control)") == true)
        #expect("\(refusal.field) \(refusal.message)".contains(control))
        let required = try answers("\(members), \"require\": [\"\(control)\"]").refusals
        #expect(required.map(\.waivable) == [false])
        #expect("\(required.map { "\($0.field): \($0.message)" })".contains(control))
        #expect(required.first?.hint?.contains("--allow-degraded") == false)
    }

    @Test(
        "what the host already is holds",
        arguments: [
            (#""namespaces": {"pid": false}"#, "namespaces.pid", Enforcement.Answer.enforced),
            (#""namespaces": {"mount": false}"#, "namespaces.mount", .enforced),
            (#""network": "host""#, "network", .enforced), (#""devices": "host""#, "devices", .enforced),
            (#""security": {"noNewPrivileges": false}"#, "security.noNewPrivileges", .enforced),
            (#""security": {"capabilities": {"add": ["CHOWN"]}}"#, "security.capabilities", .enforced),
            (#""init": false"#, "init", .enforced), (#""init": "auto""#, "init", .notNeeded),
            (#""outputs": ["/tmp/x"]"#, "outputs", .enforced),
            (#""broker": {"socket": "/s", "shim": "/t"}"#, "broker", .notNeeded),
        ]
    )
    func holds(members: String, control: String, answer: Enforcement.Answer) throws {
        let found = try answers(members)
        #expect(found.refusals.isEmpty)
        #expect(found.enforcement.controls.first { $0.name == control }?.answer == answer)
    }

    @Test("an ordinary user's capabilities can't be added to")
    func capabilitiesOfUser() throws {
        let found = try answers(#""security": {"capabilities": {"add": ["CHOWN"]}}"#, isRoot: false)
        #expect(found.refusals.map(\.control) == [.capabilities])
    }

    @Test("a bind is not needed where its source lies at its place and may be written, and is missing elsewhere")
    func binds() throws {
        let writable = #""mounts": [{"bind": "p", "at": "/x", "mode": "rw"}]"#
        let readOnly = #""mounts": [{"bind": "p", "at": "/x"}]"#
        let optional = #""mounts": [{"bind": "p", "at": "/x", "optional": true}]"#
        func answer(_ members: String, _ sources: [SourceFact]) throws -> Enforcement.Answer? {
            let found = try answers(members, sources: sources)
            #expect(found.refusals.allSatisfy { $0.field == "mounts[0].bind" && $0.control == .mountsBind })
            let entry = found.enforcement.controls.first { $0.name == "mounts.bind" }
            #expect(entry?.asked == ["/x"])
            #expect(found.refusals.isEmpty == (entry?.answer != .missing))
            return entry?.answer
        }
        #expect(try answer(writable, place("/p")) == .notNeeded)
        #expect(try answer(readOnly, place("/p")) == .missing)
        #expect(try answer(writable, place("/x")) == .missing)
        #expect(try answer(writable, place(nil, "/x")) == .missing)
        let absent = [SourceFact(field: "mounts[0]", declared: "p", path: "/p", kind: "absent")]
        #expect(try answer(optional, absent) == .notNeeded)
    }

    @Test("one bind of several that can't be had is enough, and is the one that is named")
    func severalBinds() throws {
        let members = #""mounts": [{"bind": "p", "at": "/x", "mode": "rw"}, {"bind": "q", "at": "/y", "mode": "rw"}]"#
        let found = try answers(
            members,
            sources: place("/p") + [
                SourceFact(field: "mounts[1]", declared: "q", path: "/q", kind: "folder"),
                SourceFact(field: "mounts[1].at", declared: "/y", path: "/y", kind: "folder"),
            ]
        )
        #expect(found.refusals.map(\.field) == ["mounts[1].bind"])
        #expect(found.enforcement.controls.first { $0.name == "mounts.bind" }?.asked == ["/x", "/y"])
    }

    @Test("what no runtime enforces and the caller allows is recorded as missing")
    func waived() throws {
        let refusal = Refusal(
            field: "security.seccomp",
            control: .seccomp,
            message: "the limit is not enforced",
            hint: nil,
            waivable: true
        )
        let found = try answers(#""resources": {"timeout": "1s"}"#, waived: [refusal])
        #expect(found.refusals.isEmpty)
        let answer = { (name: String) in found.enforcement.controls.first { $0.name == name }?.answer }
        #expect(answer("security.seccomp") == .missing)
        #expect(answer("resources.timeout") == .enforced, "the launch keeps it whatever the runtime")
    }
}

@Suite("The host as a command without a sandbox sees it", .tags(.medium))
struct DirectHostTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("direct")
        try folder.shell("mkdir a b; ln -s a link; : > file")
    }

    private func problem(_ binding: DirectBinding) -> MountProblem? {
        do throws(MountProblem) {
            _ = try DirectHost.tree(binding)
            return nil
        } catch {
            return error
        }
    }

    @Test("the working folder has to be there, and a folder; a symlink to one will do")
    func workdir() {
        for (name, message) in [("none", "no such folder"), ("file", "is a file"), ("file/x", "no such folder")] {
            let found = problem(DirectBinding(workdir: folder(name), places: [], stdinFile: nil))
            #expect(found?.field == "workdir")
            #expect(found?.message.hasPrefix(message) == true, "\(name): \(String(describing: found))")
        }
        #expect(problem(DirectBinding(workdir: folder("link"), places: [], stdinFile: nil)) == nil)
        #expect(problem(DirectBinding(workdir: "/", places: [], stdinFile: nil)) == nil)
    }

    @Test("a place has to lead where it led")
    func places() throws {
        func at(_ name: String, _ path: String) -> MountProblem? {
            let place = DirectBinding.Place(field: "mounts[3]", at: folder(name), path: folder(path))
            return problem(DirectBinding(workdir: "/", places: [place], stdinFile: nil))
        }
        #expect(at("a", "a") == nil)
        #expect(at("link", "a") == nil)
        #expect(at("b", "a")?.field == "mounts[3]")
        #expect(at("gone", "a")?.field == "mounts[3]")
        try folder.shell("rm link; ln -s b link")
        #expect(at("link", "a")?.message.contains(folder("a")) == true)
    }

    @Test("its tree is the host at its own paths, and can be written")
    func tree() throws {
        let tree = try DirectHost.tree(DirectBinding(workdir: "/", places: [], stdinFile: nil))
        let path = folder("file")
        #expect(tree.resolve(path) == .host(path: path, kind: .file, inside: path))
        #expect(tree.resolve(folder("link/x")) == .missing(inside: folder("a/x")))
        #expect(tree.governing(path)?.isWritable == true)
    }
}

@Suite("The first line of a script", .tags(.small))
struct ScriptHeaderTests {
    private func header(_ text: String) -> [String?]? {
        ScriptHeader(Array(text.utf8)).map { [$0.interpreter, $0.argument] }
    }

    @Test("interpreter and one argument, without the blanks around them")
    func words() {
        #expect(header("#!/bin/sh\nrest") == ["/bin/sh", nil])
        #expect(header("#! \t/bin/sh -e  -x\t\n") == ["/bin/sh", "-e  -x"])
        #expect(header("#!/bin/sh") == ["/bin/sh", nil])
        #expect(header("#!sh\n") == ["sh", nil])
        // The kernel takes a carriage return for part of the name.
        #expect(header("#!/bin/sh\r\n") == ["/bin/sh\r", nil])
        #expect(header("#!/bin/sh\0 x\n") == ["/bin/sh", nil])
    }

    @Test("no header, no name")
    func none() {
        for text in ["", "#", "# !/bin/sh\n", "#!", "#!\n", "#!  \t\n/bin/sh"] {
            #expect(header(text) == nil, "\(text)")
        }
    }

    @Test("a line longer than the kernel looks is cut, but never within the interpreter's name")
    func long() {
        let name = String(repeating: "n", count: 252)
        #expect(header("#!/\(name)\n") == ["/" + name, nil])
        #expect(header("#!/\(name)n\n") == nil)
        #expect(header("#!/\(name)nnn") == nil)
        let cut = header("#!/bin/sh " + String(repeating: "a", count: 300) + "\n")
        #expect(cut == ["/bin/sh", String(repeating: "a", count: 245)])
    }
}

@Suite("What is executed for a command", .tags(.medium))
struct FoundCommandTests {
    private let folder: TemporaryFolder
    private let search: CommandSearch

    init() throws {
        folder = try TemporaryFolder("found")
        try folder.shell(
            """
            mkdir bin; cp /bin/true bin/prog; ln -s prog bin/other; cd bin
            printf '#!%s/prog -a b \\n' "$PWD" > script; printf '#!%s/script x\\n' "$PWD" > nested
            cp prog ..; printf '#!bin/prog\\n' > relative; chmod 755 script nested relative
            """
        )
        let tree = try DirectHost.tree(DirectBinding(workdir: folder.path, places: [], stdinFile: nil))
        search = CommandSearch(tree: tree, workdir: folder.path, isSandbox: false)
    }

    private func found(_ command: String, path: String? = nil) -> FoundCommand? {
        let variables = [RenderedEnvironment.Variable(name: "PATH", value: path ?? folder("bin"), origin: .set)]
        guard case .runs(let found) = search.find(command, environment: RenderedEnvironment(variables: variables))
        else { return nil }
        return found
    }

    @Test("a program keeps its name, also by a symlink")
    func program() {
        #expect(found("prog") == FoundCommand(program: folder("bin/prog"), leading: ["prog"]))
        #expect(found("other") == FoundCommand(program: folder("bin/prog"), leading: ["other"]))
        #expect(found("./bin/other") == FoundCommand(program: folder("bin/prog"), leading: ["./bin/other"]))
    }

    @Test("a script's words are those that the kernel makes: interpreter, argument, the path it was found at")
    func script() {
        let program = folder("bin/prog")
        #expect(found("script") == FoundCommand(program: program, leading: [program, "-a b", folder("bin/script")]))
        #expect(found("bin/script")?.leading == [program, "-a b", "bin/script"])
        #expect(found("script", path: "bin")?.leading == [program, "-a b", "bin/script"])
        #expect(found("relative")?.leading == ["bin/prog", folder("bin/relative")])
    }

    @Test("a script of a script")
    func nested() {
        let words = [folder("bin/prog"), "-a b", folder("bin/script"), "x", folder("bin/nested")]
        #expect(found("nested") == FoundCommand(program: folder("bin/prog"), leading: words))
    }

    @Test("messages don't speak of an inside")
    func messages() {
        let answer = search.find("none", environment: RenderedEnvironment(variables: []))
        #expect(answer == .fails(code: 127, message: "none: not found on the PATH"))
        #expect(
            search.find("/none", environment: RenderedEnvironment(variables: []))
                == .fails(code: 127, message: "/none: not found")
        )
    }
}
