import HostFiles
import JSONText
import TestSupport
import Testing

/// A folder, a home and a store of their own for attacks on the built tool by one user.
struct SafetyLab {
    let folder: TemporaryFolder
    let user: UInt32?
    let home: String

    /// `user` nil is the one who runs the tests.
    init(_ user: UInt32? = nil) throws {
        folder = try TemporaryFolder("safety")
        self.user = user
        home = try folder.folder("home", mode: 0o700)
        try own()
    }

    /// Gives everything in the folder to the user.
    func own() throws {
        guard let user else { return }
        _ = try Program.run(
            ["/bin/chown", "-hR", "\(user):\(user)", folder.path],
            in: "/",
            environment: ["PATH": "/usr/bin:/bin"]
        )
    }

    var environment: [String: String] { Tool.environment(home: home) }

    /// `$XDG_STATE_HOME/sbxpipe`, where the machine's key is.
    var state: String { home + "/.state/sbxpipe" }
    var store: String { home + "/.cache/sbxpipe" }

    func tool(
        _ arguments: [String],
        in place: String? = nil,
        environment changes: [String: String] = [:],
        stdin: [UInt8]? = nil
    ) throws -> ToolRun {
        try Tool.run(
            arguments,
            in: place ?? folder.path,
            environment: environment.merging(changes) { $1 },
            user: user,
            stdin: stdin
        )
    }

    /// Runs a shell's words in a sandbox of `run`'s flags.
    func inside(
        _ script: String,
        _ flags: [String] = [],
        in place: String? = nil,
        environment changes: [String: String] = [:]
    ) throws -> ToolRun {
        try tool(["run"] + flags + ["--", "/bin/sh", "-c", script], in: place, environment: changes)
    }

    /// A shell of the user's outside of any sandbox; `$SBX` is the tool.
    func outside(_ script: String, environment changes: [String: String] = [:]) throws -> ToolRun {
        var variables = environment.merging(changes) { $1 }
        variables["SBX"] = Tool.path
        return try Program.run(["/bin/sh", "-c", script], in: folder.path, environment: variables, user: user)
    }

    /// A shell of root's in a mount namespace of its own, where nothing mounted is left behind; `$AS` runs as the user,
    /// `$SBX` is the tool.
    func mounting(_ script: String) throws -> ToolRun {
        var variables = environment
        variables["PATH"] = "/usr/sbin:/sbin:/usr/bin:/bin"
        variables["SBX"] = Tool.path
        variables["AS"] = user.map { "setpriv --reuid \($0) --regid \($0) --clear-groups --inh-caps=-all --" } ?? "env"
        return try Program.run(
            ["/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-ec", script],
            in: folder.path,
            environment: variables
        )
    }

    /// Writes a spec, the user's.
    @discardableResult
    func spec(_ text: String, to name: String = "sandbox.json") throws -> String {
        let path = try folder.write(text, to: name)
        try own()
        return path
    }

    /// Names, modes, owners, sizes and times (but of access) of all that is below a folder.
    static func listing(_ folder: String) throws -> String {
        let format = "%p %y %m %U:%G %n %s %T@ %C@ %l\\n"
        let run = try Program.run(
            ["/usr/bin/find", folder, "-xdev", "-printf", format],
            in: "/",
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        )
        return run.text.split(separator: "\n").sorted().joined(separator: "\n")
    }
}

/// Expects a refusal: that exit code, one error line (a hint may follow) without control bytes, and words in it.
func expectRefused(
    _ run: ToolRun,
    _ code: Int32,
    _ words: String...,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(run.code == code, "\(run)", sourceLocation: sourceLocation)
    #expect(run.text.isEmpty, "\(run)", sourceLocation: sourceLocation)
    let errors = run.errorLines.filter { $0.hasPrefix("sbxpipe: error: ") }
    let hints = run.errorLines.filter { $0.hasPrefix("sbxpipe: hint: ") }
    #expect(errors.count == 1, "\(run)", sourceLocation: sourceLocation)
    #expect(errors.count + hints.count == run.errorLines.count, "\(run)", sourceLocation: sourceLocation)
    #expect(hints.count <= 1, "\(run)", sourceLocation: sourceLocation)
    #expect(run.errors.allSatisfy { $0 >= 0x20 || $0 == 0x0A }, "\(run)", sourceLocation: sourceLocation)
    for word in words {
        #expect(run.errorText.contains(word), "\(word) in: \(run)", sourceLocation: sourceLocation)
    }
}

/// Expects that a secret text came out nowhere.
func expectUnseen(_ secret: String, _ run: ToolRun, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(!run.text.contains(secret) && !run.errorText.contains(secret), "\(run)", sourceLocation: sourceLocation)
}
