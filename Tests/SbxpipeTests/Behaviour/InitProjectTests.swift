import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("init finds out what the project is", .tags(.large), .needsBubblewrap)
struct InitProjectTests {
    private static let ownStore = ["SBXPIPE_STORE": ""]
    private static let unittests =
        "import unittest, calc\nclass T(unittest.TestCase):\n    def test(self): calc.one()\n"

    /// Writes files, makes the spec and runs it; gives the spec's command too.
    private func start(
        _ space: Workspace,
        _ files: [String: String],
        adding: [String: String] = [:]
    ) throws -> (document: JSONValue, run: ToolRun) {
        for (name, text) in files { try space.write(text, to: name) }
        let adding = Self.ownStore.merging(adding) { _, new in new }
        let document = try space.json(["init", "--json"], adding: adding)
        #expect(try space.tool(["plan"], adding: adding).code == 0)
        return (document, try space.tool(["exec"], adding: adding))
    }

    @Test("A makefile: its first target", .enabled(if: Requirements.has("make")), arguments: Requirements.users)
    func makefile(user: UInt32?) throws {
        let space = try Workspace("initmake", user: user)
        let (document, run) = try start(space, ["Makefile": "all:\n\t@echo made >made; cat made\nother:\n\tfalse\n"])
        #expect(document["kind"] == "make")
        #expect(document["command"] == ["make"])
        #expect(run.code == 0 && run.text == "made\n", "\(run)")
    }

    @Test(
        "Python with unittest: its tests, wherever they are",
        .needsPython,
        arguments: ["test_calc.py", "tests/test_calc.py", "calc/tests/test_calc.py"],
        Requirements.users
    )
    func unittest(place: String, user: UInt32?) throws {
        let space = try Workspace("initpy", user: user)
        var files = ["setup.cfg": "[metadata]\nname = calc\n", place: Self.unittests]
        if place.hasPrefix("calc/") {
            files["calc/__init__.py"] = "def one(): return 1\n"
            files["calc/tests/__init__.py"] = ""
        } else {
            files["calc.py"] = "def one(): return 1\n"
        }
        let (document, run) = try start(space, files)
        #expect(document["kind"] == "python")
        #expect(run.code == 0 && run.errorText.contains("Ran 1 test"), "\(run)")
        #expect(try space.folder.read("work/sandbox.json").contains("\"unittest\""))
    }

    @Test(
        "Python with pytest in an environment of the project: that one's",
        .needsPython,
        arguments: Requirements.users
    )
    func environment(user: UInt32?) throws {
        let space = try Workspace("initvenv", user: user)
        try space.makeFolder(".venv/bin")
        #expect(try Folder.link(space.work + "/.venv/bin/python", to: "/usr/bin/python3"))
        let version = try Program.run(
            ["/usr/bin/python3", "-c", "import sys; print('python%d.%d' % sys.version_info[:2])"],
            in: "/",
            environment: [:]
        )
        let packages = ".venv/lib/\(version.text.trimmed)/site-packages"
        let (document, run) = try start(
            space,
            [
                ".venv/pyvenv.cfg": "home = /usr/bin\n", "pyproject.toml": "[tool.pytest.ini_options]\n",
                "\(packages)/pytest.py": "import calc, sys; print('stand-in', sys.argv[1:], calc.one())\n",
                "src/calc/__init__.py": "def one(): return 1\n",
            ]
        )
        #expect(document["command"] == [".venv/bin/python", "-m", "pytest", "-q"])
        #expect(run.code == 0 && run.text == "stand-in ['-q'] 1\n", "\(run)")
    }

    @Test(
        "Python: what says that tests are pytest's, and what is run without any",
        arguments: [
            (["pytest.ini": ""], "pytest"), (["requirements-dev.txt": "pytest>=7\n", "setup.py": ""], "pytest"),
            (["setup.py": "", "tests/test_a.py": "def test_a(): pass\n"], "pytest"),
            (["setup.py": "", "test_a.py": "import pytest\n"], "pytest"),
            (["requirements.txt": "", "a.py": "x = 1\n"], "compileall"), (["manage.py": ""], "test"),
            (["Pipfile": "", "Makefile": "all:\n", "tests/test_a.py": "import unittest\n"], "unittest"),
        ]
    )
    func pythonTests(files: [String: String], word: String) throws {
        let space = try Workspace("initpytest")
        for (name, text) in files { try space.write(text, to: name) }
        let document = try space.json(["init", "--json"])
        #expect(document["kind"] == "python")
        #expect(document["command"]?.arrayValue?.contains(.string(word)) == true, "\(document)")
    }

    @Test("A Python without tests is compiled", .needsPython)
    func compiled() throws {
        let space = try Workspace("initcompile")
        let (_, good) = try start(space, ["requirements.txt": "", "a.py": "x = 1\n", ".hidden/b.py": "x =\n"])
        #expect(good.code == 0, "\(good)")
        try space.write("x =\n", to: "c.py")
        #expect(try space.tool(["exec"], adding: Self.ownStore).code == 1)
    }

    @Test("As root, a Python in /root, which is hidden, is bound", .needsPython, .enabled(if: Requirements.isRoot))
    func hiddenPython() throws {
        let space = try Workspace("inithidden")
        let place = "/root/.sbxpipe-test-" + HostSystem.randomBytes(4).map { String($0) }.joined()
        defer { try? Folder.removeTree(place) }
        try Folder.makeAll(place + "/bin", permissions: 0o755)
        let script = """
            #!/bin/sh
            case "$*" in *base_prefix*) echo \(place) ;; *) echo of root; exec /usr/bin/python3 "$@" ;; esac

            """
        let file = try OwnedDescriptor.open(place + "/bin/python3", [.write, .create, .exclusive], mode: 0o755)
        try FileContent.write(Array(script.utf8), to: file.number)
        _ = consume file
        let (_, run) = try start(
            space,
            ["setup.py": "", "calc.py": "def one(): return 1\n", "test_calc.py": Self.unittests],
            adding: ["PATH": "\(place)/bin:/usr/bin:/bin"]
        )
        #expect(run.code == 0 && run.text == "of root\n", "\(run)")
        #expect(try space.folder.read("work/sandbox.json").contains("{\"bind\": \"\(place)\", \"at\": \"\(place)\"}"))
    }

    @Test(
        "A Swift package: built where nothing but the project and /tmp can be written",
        .enabled(if: FileMode.mayExecute("/opt/swift/usr/bin/swift"), "there is no Swift in /opt/swift"),
        arguments: [4321]
    )
    func swiftPackage(user: UInt32) throws {
        let space = try Workspace("initswift", user: Requirements.isRoot ? user : nil)
        let (document, run) = try start(
            space,
            [
                "Package.swift": """
                // swift-tools-version: 6.0
                import PackageDescription
                let package = Package(name: "Small", targets: [.target(name: "Small")])

                """, "Sources/Small/Small.swift": "public let one = 1\n",
            ],
            adding: ["PATH": "/usr/bin:/bin:/opt/swift/usr/bin"]
        )
        #expect(document["kind"] == "swift")
        #expect(document["command"] == ["swift", "build", "--scratch-path", ".build/sandbox"])
        #expect(run.code == 0 && run.text.contains("Build complete!"), "\(run)")
    }
}

extension String {
    fileprivate var trimmed: String { split(separator: "\n").joined() }
}
