/// What a folder holds, as far as that decides its first spec.
package enum ProjectKind: String, Sendable, Hashable, CaseIterable {
    case python, swift, make, plain

    private static let pythonFiles = [
        "pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "requirements.txt", "tox.ini", "Pipfile", "manage.py",
        "conftest.py",
    ]
    /// In the order in which make(1) of GNU looks for them.
    private static let makefiles = ["GNUmakefile", "makefile", "Makefile"]

    /// Every kind that the folder could be, each with the file that says so; the first one is what it is.
    ///
    /// A package's own tool knows more of it than a makefile beside it, whose first target may do anything.
    static func found(in files: ProjectFiles) -> [(kind: ProjectKind, file: String)] {
        var found: [(ProjectKind, String)] = []
        if let file = files.present(pythonFiles).first { found.append((.python, file)) }
        if files.has("Package.swift") { found.append((.swift, "Package.swift")) }
        if let file = files.present(makefiles).first { found.append((.make, file)) }
        return found
    }
}
