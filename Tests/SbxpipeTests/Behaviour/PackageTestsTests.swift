import HostFiles
import JSONText
import TestSupport
import Testing

/// A real job: a Python package's tests without network, with a JUnit report, the second time from the cache.
@Suite("A package's test suite", .tags(.large), .needsBubblewrap, .enabled(if: Requirements.has("python3")))
struct PackageTestsTests {
    private static let files = [
        "pkg/textwidth/__init__.py":
            "def width(text):\n    return sum(2 if ord(sign) > 0x1100 else 1 for sign in text)\n",
        "pkg/tests/__init__.py": "",
        "pkg/tests/test_width.py": """
        import socket, unittest
        from textwidth import width

        class WidthTests(unittest.TestCase):
            def test_narrow(self): self.assertEqual(width("abc"), 3)
            def test_wide(self): self.assertEqual(width("\u{65E5}\u{672C}"), 4)
            def test_no_network(self):
                with self.assertRaises(OSError): socket.create_connection(("192.0.2.1", 9), 1)
        """,
        "pkg/report.py": """
        import sys, unittest
        from xml.sax.saxutils import quoteattr
        class Cases(unittest.TextTestResult):
            cases = []
            def startTest(self, test): super().startTest(test); self.cases.append(quoteattr(test.id()))
        run = unittest.TextTestRunner(resultclass=Cases, stream=sys.stdout, verbosity=0)
        result = run.run(unittest.defaultTestLoader.discover("tests", top_level_dir="."))
        with open(sys.argv[1], "w") as file:
            counts = f'tests="{result.testsRun}" failures="{len(result.failures)}" errors="{len(result.errors)}"'
            cases = "".join(f"<testcase name={name}/>" for name in sorted(Cases.cases))
            file.write(f'<testsuite name="textwidth" {counts}>{cases}</testsuite>')
        sys.exit(not result.wasSuccessful())
        """,
    ]

    @Test(
        "Sources as a snapshot, the report as an output; with one source changed it runs",
        arguments: Requirements.users
    )
    func suite(user: UInt32?) throws {
        let space = try Workspace("package", user: user)
        for (name, text) in Self.files { try space.write(text + "\n", to: name) }
        let spec: JSONValue = [
            "command": ["/usr/bin/python3", "-B", "report.py", "/out/junit.xml"], "workdir": "/pkg",
            "env": ["inherit": false, "set": ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]],
            "mounts": [["bind": "pkg", "at": "/pkg", "mode": "snapshot"], ["tmpfs": "/out"]],
            "outputs": [["path": "/out/junit.xml", "required": true]], "cache": "always",
        ]
        let first = try space.exec(spec, ["--reuse"]).run
        #expect(first.code == 0 && first.text.contains("Ran 3 tests"), "\(first)")
        let report = try space.tool(["cat", "last", "6-collect/outputs.tar/out/junit.xml"])
        #expect(report.text.contains("tests=\"3\" failures=\"0\" errors=\"0\""), "\(report)")
        let second = try space.exec(spec, ["--reuse", "--fail-on-cache-miss"]).run
        #expect(second.code == 0 && second.output == first.output && second.errorText == first.errorText, "\(second)")
        #expect(try space.artefact("6-collect/run.json")["cached"] == true)
        #expect(try space.tool(["cat", "last", "6-collect/outputs.tar/out/junit.xml"]).output == report.output)
        try space.write("def width(text):\n    return len(text)\n", to: "pkg/textwidth/__init__.py")
        let changed = try space.exec(spec, ["--reuse"]).run
        #expect(changed.code == 1 && changed.text.contains("FAILED (failures=1)"), "\(changed)")
        let failed = try space.tool(["cat", "last", "6-collect/outputs.tar/out/junit.xml"])
        #expect(failed.text.contains("failures=\"1\""), "collected after a failure too: \(failed)")
    }
}
