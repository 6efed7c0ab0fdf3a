import HostFiles

/// What of a Python project decides how its tests are run.
struct PythonProject {
    private let files: ProjectFiles

    private static let testFolders = ["tests", "test"]
    private static let environments = [".venv", "venv", "env"]
    /// Folders with other people's Python, or ours.
    private static let foreign: Set<String> = [
        "venv", "env", "node_modules", "site-packages", "build", "dist", "cache", "stages",
    ]

    init(_ files: ProjectFiles) { self.files = files }

    /// The command that checks the project, and what it does in words.
    func command(_ interpreter: String) -> (words: [String], what: String) {
        let tests = files.find(skipping: Self.foreign) { name in
            name.hasSuffix(".py") && (name.hasPrefix("test") || name.hasSuffix("_test.py"))
        }
        let texts = tests.prefix(50).map(files.text)
        if namesPytest || texts.contains(where: { $0.contains("import pytest") }) { return pytest(interpreter) }
        if files.has("manage.py") { return ([interpreter, "manage.py", "test"], "Runs the project's tests.") }
        if texts.contains(where: { $0.contains("unittest") }) {
            return ([interpreter, "-m", "unittest", "discover"] + start(tests), "Runs the project's tests.")
        }
        if texts.contains(where: { $0.hasPrefix("def test") || $0.contains("\ndef test") }) {
            return pytest(interpreter)
        }
        return (
            [interpreter, "-m", "compileall", "-q", "-x", "/[.]|/venv/|/env/", "."],
            "No tests were found, so this only compiles each file. Put your own command here."
        )
    }

    private func pytest(_ interpreter: String) -> (words: [String], what: String) {
        ([interpreter, "-m", "pytest", "-q"], "Runs the project's tests.")
    }

    /// Whether a file that says what the project needs or how it is tested speaks of pytest.
    private var namesPytest: Bool {
        let marks = ["pytest.ini", ".pytest.ini", "conftest.py"] + Self.testFolders.map { "\($0)/conftest.py" }
        if !files.present(marks).isEmpty { return true }
        let lists = files.names().filter { $0.hasSuffix(".txt") && $0.contains("requirements") }
        let nested = files.names("requirements").map { "requirements/\($0)" }
        return (["pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "Pipfile"] + lists + nested).contains { name in
            files.text(name).contains("pytest")
        }
    }

    /// `unittest discover` looks into packages alone: a folder of tests that is none has to be named.
    private func start(_ tests: [String]) -> [String] {
        for folder in Self.testFolders where !files.has("\(folder)/__init__.py") {
            if tests.allSatisfy({ $0.hasPrefix("\(folder)/") }) { return ["-s", folder] }
        }
        return []
    }

    /// A virtual environment in the project: its interpreter, and the folder that it takes Python itself from.
    var environment: (interpreter: String, base: String?)? {
        for folder in Self.environments where files.has("\(folder)/pyvenv.cfg") {
            let interpreter = "\(folder)/bin/python"
            guard files.has(interpreter) else { continue }
            let home = files.text("\(folder)/pyvenv.cfg").split(separator: "\n").lazy.compactMap { line in
                let parts = line.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
                return parts.count == 2 && parts[0].hasPrefix("home") ? String(parts[1]) : nil
            }
            return (interpreter, home.first.flatMap { $0.hasPrefix("/") ? AbsolutePath.parent($0) : nil })
        }
        return nil
    }

    /// Whether packages lie in `src`, from where an interpreter does not take them by itself.
    var hasSourceFolder: Bool {
        files.names("src").contains { $0.hasSuffix(".py") || files.has("src/\($0)/__init__.py") }
    }
}
