import HostFiles

/// The machine's C compiler, for small programs that stand in for others.
package enum Compiler {
    /// Path of a compiler; nil when there is none.
    package static let path: String? = {
        let found = ["/usr/bin/cc", "/usr/bin/clang", "/opt/swift/usr/bin/clang"] + onPath
        return found.first { FileMode.mayExecute($0) }.flatMap { (try? AbsolutePath.real($0)) ?? nil }
    }()

    private static var onPath: [String] {
        let entries = (HostSystem.environment()["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        return entries.flatMap { ["\($0)/cc", "\($0)/clang"] }
    }

    /// Compiles C source to a file, `-shared` among the flags for a library.
    package static func build(_ source: String, to place: String, flags: [String] = []) throws {
        guard let path else { throw WorkspaceError(text: "there is no C compiler") }
        let folder = try TemporaryFolder("compile")
        let file = try folder.write(source, to: "source.c")
        let run = try Program.run(
            [path, "-O1", "-Wall"] + flags + ["-o", place, file],
            in: folder.path,
            environment: ["PATH": HostSystem.environment()["PATH"] ?? "/usr/bin:/bin", "TMPDIR": folder.path]
        )
        guard run.code == 0 else { throw WorkspaceError(text: "\(run)") }
    }
}
