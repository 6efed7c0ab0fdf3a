import HostFiles
package import JSONText

/// One user's home, store and working folder, and the tool as that user starts it there.
package final class Workspace: Sendable {
    package let folder: TemporaryFolder
    /// Id to run as; nil is the test's own.
    package let user: UInt32?
    package let environment: [String: String]

    package var work: String { folder("work") }
    package var home: String { folder("home") }
    package var store: String { folder("home/store") }

    package init(_ purpose: String = "tool", user: UInt32? = nil) throws {
        self.user = user
        folder = try TemporaryFolder(purpose)
        try folder.folder("home")
        try folder.folder("work")
        environment = Tool.environment(home: folder("home"), store: folder("home/store"))
        try giveAway()
    }

    /// Makes everything in the workspace the user's own.
    package func giveAway() throws {
        guard let user else { return }
        let change = try Program.run(
            ["/bin/chown", "-R", "\(user):\(user)", folder.path],
            in: "/",
            environment: [:]
        )
        guard change.code == 0 else { throw WorkspaceError(text: change.description) }
    }

    /// Writes a file of the user's in the working folder and gives its path.
    @discardableResult
    package func write(_ text: String, to name: String, mode: UInt32 = 0o644) throws -> String {
        let path = try folder.write(text, to: "work/\(name)", mode: mode)
        try giveAway()
        return path
    }

    /// Makes a folder of the user's in the working folder and gives its path.
    @discardableResult
    package func makeFolder(_ name: String) throws -> String {
        let path = try folder.folder("work/\(name)")
        try giveAway()
        return path
    }

    /// Runs the tool in the working folder, with `adding` over the usual environment.
    package func tool(
        _ arguments: [String],
        adding: [String: String] = [:],
        stdin: [UInt8]? = nil
    ) throws -> ToolRun {
        try Tool.run(
            arguments,
            in: work,
            environment: environment.merging(adding) { _, new in new },
            user: user,
            stdin: stdin
        )
    }

    /// Runs the tool by way of a script of sh or bash that ends in `exec "$0" "$@"`.
    package func tool(
        _ arguments: [String],
        through script: String,
        shell: String = "/bin/sh",
        adding: [String: String] = [:]
    ) throws -> ToolRun {
        try Program.run(
            [shell, "-c", script, Tool.path] + arguments,
            in: work,
            environment: environment.merging(adding) { _, new in new },
            user: user
        )
    }

    /// Runs the tool, which has to succeed, and gives its stdout as the one JSON document that it has to be.
    package func json(_ arguments: [String], adding: [String: String] = [:]) throws -> JSONValue {
        let run = try tool(arguments, adding: adding)
        guard run.code == 0 else { throw WorkspaceError(text: "\(arguments): \(run)") }
        return try run.json()
    }

    /// Writes a spec; any JSON will do.
    @discardableResult
    package func spec(_ members: JSONValue, named name: String = "sandbox.json") throws -> String {
        try write(members.pretty(), to: name)
    }

    /// Writes a spec, launches it, and gives what came back with the launch record, nil when none was written.
    package func exec(
        _ members: JSONValue,
        _ flags: [String] = [],
        adding: [String: String] = [:],
        stdin: [UInt8]? = nil
    ) throws -> (run: ToolRun, record: JSONValue?) {
        try spec(members)
        return try recorded(["exec", "sandbox.json"] + flags, adding: adding, stdin: stdin)
    }

    /// Runs exec or run, whose flags come first, with `--result`.
    package func recorded(
        _ arguments: [String],
        adding: [String: String] = [:],
        stdin: [UInt8]? = nil
    ) throws -> (run: ToolRun, record: JSONValue?) {
        try Folder.removeFile(folder("work/result.json"))
        let result = Array(arguments.prefix(1)) + ["--result", "result.json"] + arguments.dropFirst()
        let run = try tool(result, adding: adding, stdin: stdin)
        let text = try? folder.read("work/result.json")
        return (run, try text.map { try JSONParser.parse(Array($0.utf8)) })
    }

    /// A file of the newest run, or another's, as JSON.
    package func artefact(_ path: String, of reference: String = "last") throws -> JSONValue {
        try json(["cat", reference, path])
    }
}

/// What kept a workspace from being made or used.
package struct WorkspaceError: Error, CustomStringConvertible {
    let text: String

    package var description: String { text }
}
