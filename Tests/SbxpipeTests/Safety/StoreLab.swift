import HostFiles
import JSONText
import TestSupport
import Testing

/// A store of one user's for faults in it, and a shell that knows its places.
struct StoreLab {
    let lab: SafetyLab
    var user: UInt32? { lab.user }

    /// `user` nil is the one who runs the tests.
    init(_ user: UInt32? = nil) throws { lab = try SafetyLab(user) }

    /// Whom tests run as that would say the same of both: an ordinary user, in long runs root too.
    static var someUsers: [UInt32?] { Requirements.areLong ? Requirements.users : Requirements.users.suffix(1) }

    var store: String { lab.store }
    /// `cache/` of the store.
    var cache: String { lab.store + "/cache" }
    var blobs: String { cache + "/blobs/sha256" }

    /// What scripts find: `$SBX` the tool, `$C` the cache folder; `age` sets all of the store's files back by forty days,
    /// `problem` says what the test is to fail with, `wait_until` waits for a condition, at most twenty seconds.
    private static let prelude = """
        C=$XDG_CACHE_HOME/sbxpipe/cache
        exec 3>&2 2>/dev/null
        age() { find "$C" "$C/../stages" -mindepth 1 -exec touch -ch -d '40 days ago' {} +; }
        problem() { echo "$*" | cut -c1-900; }
        wait_until() { for _ in $(seq 400); do eval "$1" && return 0; sleep 0.05; done; return 1; }

        """

    /// Runs a bash script of the user's in the lab's folder; what bash says of killed jobs is left out.
    func script(_ text: String, environment changes: [String: String] = [:]) throws -> ToolRun {
        var variables = lab.environment.merging(changes) { $1 }
        variables["SBX"] = Tool.path
        return try Program.run(
            ["/bin/bash", "-c", Self.prelude + text],
            in: lab.folder.path,
            environment: variables,
            user: user
        )
    }

    /// The same as root in a mount namespace of its own; `$AS` before a command runs it as the user.
    func mounting(_ text: String) throws -> ToolRun {
        try lab.folder.write(Self.prelude + text, to: "mounting.sh")
        return try lab.mounting("bash mounting.sh")
    }

    func tool(_ arguments: String..., environment: [String: String] = [:]) throws -> ToolRun {
        try lab.tool(arguments, environment: environment)
    }

    /// Runs the tool, which has to succeed, and gives its stdout as JSON.
    func json(_ arguments: String..., environment: [String: String] = [:]) throws -> JSONValue {
        let run = try lab.tool(arguments, environment: environment)
        #expect(run.code == 0, "\(arguments): \(run)")
        return try run.json()
    }

    /// A spec of a command that prints a word, or of another one; in a file of its name unless told.
    func spec(_ name: String, prints word: String, in file: String? = nil, more: String = "") throws {
        try spec(name, runs: ["/bin/echo", word], in: file, more: more)
    }

    func spec(_ name: String, runs command: [String], in file: String? = nil, more: String = "") throws {
        let words = command.map { "\"\($0)\"" }.joined(separator: ", ")
        try lab.spec("{\"name\": \"\(name)\", \"command\": [\(words)]\(more)}", to: "\(file ?? name).json")
    }

    /// Sets the time of all of the store's files back by forty days.
    func age() throws { _ = try script("age") }

    func verify() throws -> StoreFindings { try StoreFindings(try tool("cache", "verify", "--json")) }

    /// Digests of the listed plans or runs, the newest first.
    func listed(_ kind: String) throws -> [String] {
        let items = try json("ls", "--\(kind)", "--json")["items"]?.arrayValue ?? []
        return items.compactMap { $0["digest"]?.stringValue }
    }

    /// Names of the store's objects: 64 hex digits.
    func objects() throws -> [String] { try names("blobs/sha256") }

    /// Names in a folder of the cache.
    func names(_ folder: String) throws -> [String] {
        try Folder.names("\(cache)/\(folder)").map { String(decoding: $0, as: UTF8.self) }
    }

    func bytes(_ path: String) throws -> [UInt8] { try FileContent.read("\(cache)/\(path)", limit: 1 << 24) }

    /// Puts these bytes into a file of the cache, which stays the same file.
    func overwrite(_ path: String, with bytes: [UInt8]) throws {
        let file = try OwnedDescriptor.open("\(cache)/\(path)", [.write, .truncate])
        try FileContent.write(bytes, to: file.number, path: path)
    }

    /// Changes one byte of a file of the cache by one bit.
    func flip(_ path: String, at place: Int) throws {
        var content = try bytes(path)
        content[place] ^= 1
        try overwrite(path, with: content)
    }
}

/// What `cache verify --json` found.
struct StoreFindings {
    let isClean: Bool
    /// Paths below `cache/`.
    let damaged: Set<String>
    /// As `plan sha256:…`.
    let broken: Set<String>
    let text: String

    init(_ run: ToolRun) throws {
        let json = try run.json()
        text = run.description
        isClean = json["clean"]?.boolValue ?? false
        damaged = Set((json["damaged"]?.arrayValue ?? []).compactMap { $0["path"]?.stringValue })
        broken = Set(
            (json["broken"]?.arrayValue ?? []).compactMap { item in
                item["kind"]?.stringValue.flatMap { kind in item["digest"]?.stringValue.map { "\(kind) \($0)" } }
            }
        )
        #expect(run.code == (isClean ? 0 : 1), "\(run)")
        #expect(isClean == (damaged.isEmpty && broken.isEmpty), "\(run)")
    }
}

/// Expects a script to have had nothing to say.
func expectSilent(_ run: ToolRun, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(run.code == 0 && run.output.isEmpty && run.errors.isEmpty, "\(run)", sourceLocation: sourceLocation)
}
