import HostFiles
import HostProcess
package import JSONText

/// A finished run of a program: exit code (128+n for a signal) and what it wrote.
package struct ToolRun: Sendable, CustomStringConvertible {
    package let code: Int32
    package let output: [UInt8]
    package let errors: [UInt8]

    package var text: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
    /// Lines of stderr.
    package var errorLines: [String] { errorText.split(separator: "\n").map(String.init) }

    package func json() throws -> JSONValue { try JSONParser.parse(output) }

    package var description: String { "exit \(code)\nstdout: \(text.prefix(2000))\nstderr: \(errorText.prefix(2000))" }
}

/// The built tool, and programs beside it, as users start them.
package enum Tool {
    /// `sbxpipe` in the folder of the test bundle.
    package static let path: String = {
        let here = (try? AbsolutePath.real("/proc/self/exe")) ?? nil
        return AbsolutePath.join(AbsolutePath.parent(here ?? "/"), "sbxpipe")
    }()

    /// Whose environment a test's tool has unless told: a known PATH and locale, and nothing of the developer's.
    package static func environment(home: String, store: String? = nil) -> [String: String] {
        var variables = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8", "XDG_STATE_HOME": home + "/.state",
            "XDG_CACHE_HOME": home + "/.cache",
        ]
        variables["SBXPIPE_STORE"] = store
        return variables
    }

    /// Starts the tool and waits for its end.
    ///
    /// With `user` it runs as that user and group id, without supplementary groups, by setpriv(1), which needs root;
    /// `stdin` nil is /dev/null.
    package static func run(
        _ arguments: [String],
        in folder: String,
        environment: [String: String],
        user: UInt32? = nil,
        stdin: [UInt8]? = nil
    ) throws -> ToolRun {
        try Program.run([path] + arguments, in: folder, environment: environment, user: user, stdin: stdin)
    }
}

/// Any program, started with exactly this environment.
package enum Program {
    package static func run(
        _ arguments: [String],
        in folder: String,
        environment: [String: String],
        user: UInt32? = nil,
        stdin: [UInt8]? = nil
    ) throws -> ToolRun {
        var arguments = arguments
        if let user {
            let drop = ["--reuid", String(user), "--regid", String(user), "--clear-groups", "--inh-caps=-all"]
            arguments = ["/usr/bin/setpriv"] + drop + ["--"] + arguments
        }
        let executable = try OwnedDescriptor.open(arguments[0], [.pathOnly])
        let output = try makePipe()
        let errors = try makePipe()
        let input = try stdin.map { try memoryFile(named: "stdin", bytes: $0) }
        let loop = EventLoop()
        defer { loop.close() }
        let result = Collected()
        try loop.addStream(output.read, onBytes: { result.output.append(contentsOf: $0) })
        try loop.addStream(errors.read, onBytes: { result.errors.append(contentsOf: $0) })
        let child = try spawn(
            SpawnRequest(
                executable: executable.number,
                arguments: arguments,
                environment: environment.map { "\($0.key)=\($0.value)" },
                descriptors: [
                    input.map { DescriptorMapping(child: 0, parent: $0) } ?? .null(child: 0),
                    DescriptorMapping(child: 1, parent: output.write),
                    DescriptorMapping(child: 2, parent: errors.write),
                ],
                workingDirectory: folder,
                newSession: true
            )
        )
        for descriptor in [output.write, errors.write] + (input.map { [$0] } ?? []) {
            _ = OwnedDescriptor(adopting: descriptor)
        }
        try loop.watch(child, onEnd: { result.end = $0 })
        _ = try loop.run(drainLimit: .seconds(2))
        let code: Int32 =
            switch result.end?.status {
            case .exited(let code): code
            case .signaled(let signal, _): 128 + signal
            case nil: -1
            }
        return ToolRun(code: code, output: result.output, errors: result.errors)
    }

    private final class Collected {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var end: ChildEnd?
    }
}
