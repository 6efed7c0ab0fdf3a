import JSONText
import TestSupport
import Testing

/// A workspace with a spec of ten mounts and thirty variables that was planned, to be changed one thing at a time.
final class WhyBench {
    let space: Workspace
    private(set) var spec: JSONValue
    /// Of the caller, over the usual environment.
    var variables: [String: String]

    init(_ purpose: String, user: UInt32? = nil) throws {
        space = try Workspace(purpose, user: user)
        for folder in ["a", "b", "c", "d", "e"] { try space.makeFolder(folder) }
        try space.write("hello\n", to: "input")
        variables = [
            "CALLER": "one", "SBXPIPE_BWRAP": space.folder("work/launcher"),
            "PATH": "\(space.folder("work/launchers")):/usr/local/bin:/usr/bin:/bin",
        ]
        let set = Dictionary(uniqueKeysWithValues: (10..<40).map { ("V\($0)", JSONValue.string("value \($0)")) })
        spec = [
            "command": ["/bin/sh", "-c", "env; cat", "first"],
            "workdir": "/a", "hostname": "before", "stdin": ["file": "input"],
            "mounts": [
                ["bind": "a", "at": "/a", "mode": "rw"], ["bind": "b", "at": "/b"], ["bind": "c", "at": "/c"],
                ["bind": "d", "at": "/d", "mode": "rw"], ["tmpfs": "/t", "size": "8M"], ["tmpfs": "/u"],
                ["text": "a = 1\nb = 2\n", "at": "/u/settings"], ["hide": "/srv"], ["hide": "/media"],
                ["readonly": "/opt"],
            ],
            "env": ["inherit": ["LANG", "HOME", "CALLER"], "set": .object(set)],
            "security": ["capabilities": ["drop": ["NET_BIND_SERVICE"]]],
            "capture": ["limit": "1M"], "outputs": ["/a/out"],
        ]
        for name in ["launcher.1", "launcher.2", "launchers/bwrap"] { try copyLauncher(to: name) }
        try link("launcher", to: "launcher.1")
        try save()
    }

    private func save() throws { try space.spec(spec) }

    private func shell(_ script: String, _ arguments: String...) throws -> String {
        let run = try Program.run(
            ["/bin/sh", "-euc", script, "sh"] + arguments,
            in: space.work,
            environment: ["PATH": "/usr/bin:/bin"],
            user: space.user
        )
        try #require(run.code == 0, "\(run)")
        return run.text
    }

    private func copyLauncher(to name: String) throws {
        // Times of long ago: what is found out of a launcher just written is not remembered.
        _ = try shell("mkdir -p $(dirname $1); cp \"$(command -v bwrap)\" $1; touch -d 2020-01-01 $1", name)
    }

    func link(_ name: String, to target: String) throws { _ = try shell("ln -sfn $2 $1", name, target) }

    /// Sets a field of the spec, by a path as `--set` has it.
    func set(_ path: String, _ value: JSONValue) throws {
        spec = try JSONFieldPath(parsing: path).setting(value, in: spec)
        try save()
    }

    func removeVariable(_ name: String) throws {
        var set = spec["env"]?["set"]?.objectValue ?? [:]
        set[name] = nil
        try self.set("env.set", .object(set))
    }

    /// Changes the list of mounts.
    func mounts(_ change: (inout [JSONValue]) -> Void) throws {
        var mounts = spec["mounts"]?.arrayValue ?? []
        change(&mounts)
        try set("mounts", .array(mounts))
    }

    /// Writes other bytes to a file in place, which keeps size and time of change.
    func overwrite(_ name: String, _ content: String) throws {
        let script = "before=$(stat -c '%s %Y' $1); touch -r $1 mark; printf %s \"$2\" > $1; touch -r mark $1; "
        let same = try shell(script + "test \"$before\" = \"$(stat -c '%s %Y' $1)\" && printf same", name, content)
        try #require(same == "same", "size or time of \(name) is another")
    }

    func append(_ byte: String, to name: String) throws { _ = try shell("printf %s \"$2\" >> $1", name, byte) }

    func digest(_ name: String) throws -> JSONValue {
        .string("sha256:" + (try shell("sha256sum $1", name)).prefix(64))
    }

    func tool(_ arguments: [String]) throws -> ToolRun { try space.tool(arguments, adding: variables) }

    /// Plans the spec as it is.
    func plan() throws {
        let run = try tool(["plan"])
        try #require(run.code == 0, "\(run)")
    }

    /// What `why --json` says, which ends with that code.
    func why(_ arguments: [String] = [], code: Int32) throws -> JSONValue {
        let run = try tool(["why", "--json"] + arguments)
        try #require(run.code == code && run.errors.isEmpty, "\(run)")
        return try run.json()
    }

    /// All of the store but leases: names, kinds, inodes, sizes and times of content and of status.
    func snapshot() throws -> String {
        try shell("find $1 -path '*/cache/leases' -prune -o -printf '%P %y %i %s %T@ %C@\\n' | sort", space.store)
    }
}

/// What `sbxpipe.why/v1` says of a stage.
struct WhyStage {
    let name: String
    let isHit: Bool
    let changes: [JSONValue]
    let follows: [String]
    let reason: String?

    static func all(_ document: JSONValue) -> [WhyStage] {
        (document["stages"]?.arrayValue ?? []).map { stage in
            WhyStage(
                name: stage["name"]?.stringValue ?? "",
                isHit: stage["hit"] == true,
                changes: stage["changes"]?.arrayValue ?? [],
                follows: (stage["follows"]?.arrayValue ?? []).compactMap(\.stringValue),
                reason: stage["reason"]?.stringValue
            )
        }
    }
}
