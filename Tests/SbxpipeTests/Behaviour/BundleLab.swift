import HostFiles
import JSONText
import TestSupport
import Testing

/// Two users' homes and stores, between which bundles go; the second is another user where root runs the tests.
struct BundleLab {
    let here: Workspace
    let there: Workspace

    /// What is said before a script: the tool as $SBX.
    private static let prelude = "set -e; SBX=$0; "

    init() throws {
        here = try Workspace("bundle-here")
        there = try Workspace("bundle-there", user: Requirements.isRoot ? 4321 : nil)
    }

    /// A command over a snapshot, with an output, captures and a variable; `more` are members of the spec.
    func spec(_ script: String, named name: String = "shop.json", more: [String: JSONValue] = [:]) throws {
        try here.write("one\ntwo\n", to: "src/a")
        try here.write("é", to: "src/d/ünï")
        var members: [String: JSONValue] = [
            "command": ["/bin/sh", "-c", .string(script)], "workdir": "/src",
            "env": ["inherit": false, "set": ["A": "b c"]],
            "mounts": [["bind": "src", "at": "/src", "mode": "snapshot"], ["tmpfs": "/out"]],
            "outputs": ["/out/x"],
        ]
        members.merge(more) { _, new in new }
        try here.spec(.object(members), named: name)
    }

    func run(_ script: String, in space: Workspace? = nil, adding: [String: String] = [:]) throws -> ToolRun {
        let space = space ?? here
        return try Program.run(
            ["/bin/bash", "-c", Self.prelude + script, Tool.path],
            in: space.work,
            environment: space.environment.merging(adding) { _, new in new },
            user: space.user
        )
    }

    /// Brings a file over to the other user.
    func send(_ name: String) throws {
        let bytes = try FileContent.read(here.work + "/" + name, limit: 64 << 20)
        let file = try OwnedDescriptor.open(there.work + "/" + name, [.write, .create, .truncate], mode: 0o644)
        try FileContent.write(bytes, to: file.number)
        try there.giveAway()
    }

    /// All of a store but what comes and goes with each start.
    static let listing = """
        (cd "$SBXPIPE_STORE" 2>/dev/null && find . -type f ! -path './cache/leases/*' ! -path './cache/tmp/*' \
        ! -path './cache/lock' ! -path './cache/turn' ! -name CACHEDIR.TAG | sort | xargs -r sha256sum; ls cache/tmp 2>/dev/null || true)
        """
}
