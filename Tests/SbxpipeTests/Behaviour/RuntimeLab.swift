import HostFiles
import JSONText
import Synchronization
import TestSupport
import Testing

/// A runtime and who uses it: a column of the table of all that has to be the same.
struct RuntimeColumn: Sendable, Hashable, CustomTestStringConvertible {
    let runtime: String
    /// Nil is the one who runs the tests.
    let user: UInt32?

    var testDescription: String { user.map { "\(runtime) as \($0)" } ?? runtime }
    var isGVisor: Bool { runtime == "runsc" }
    /// Whether the user is an ordinary one.
    var isOrdinary: Bool { user != nil || !Requirements.isRoot }
    /// Whether it is one of the Open Container Initiative.
    var isContainer: Bool { ["runc", "crun", "runsc"].contains(runtime) }

    /// What says it on the command line; direct takes the preset overlay alone.
    var flags: [String] { ["--runtime", runtime] + (runtime == "direct" ? ["--preset", "overlay"] : []) }

    private static func all(_ runtimes: [String]) -> [RuntimeColumn] {
        // crun takes no host with cgroups of both kinds; only root can show it one of the newer kind alone.
        let possible = runtimes.filter { Requirements.has($0) && ($0 != "crun" || Requirements.isRoot) }
        // Fewer by hand, as runsc alone: SBXPIPE_TEST_RUNTIMES, their names with commas between.
        let chosen = HostSystem.environment()["SBXPIPE_TEST_RUNTIMES"]?.split(separator: ",").map(String.init)
        return possible.filter { chosen?.contains($0) ?? true }.flatMap { name in
            Requirements.users.map { RuntimeColumn(runtime: name, user: $0) }
        }
    }

    /// Those that make a sandbox.
    static let sandboxes = all(["bwrap", "runc", "crun", "runsc"])
    static let every = sandboxes + Requirements.users.map { RuntimeColumn(runtime: "direct", user: $0) }
}

/// A column's home, store and working folder, which its tests share, as the first start of a runtime looks at all of it.
final class RuntimeLab: Sendable {
    let column: RuntimeColumn
    let space: Workspace

    fileprivate init(_ column: RuntimeColumn) throws {
        self.column = column
        space = try Workspace("runtime-\(column.runtime)", user: column.user)
        // The first start reads all of the launcher and, of gVisor, finds out the platform.
        let first = try tool(["run"] + column.flags + ["--", "/bin/true"])
        #expect(first.code == 0, "\(first)")
    }

    /// Whose tests run now.
    @TaskLocal fileprivate static var shared = RuntimeLabs.Shared()

    /// The column's, made when it is first asked for.
    static func of(_ column: RuntimeColumn) throws -> RuntimeLab { try shared.lab(column) }

    /// Runs a program as the column's user where the column's runtime can be; `prepared` is what root's shell does before,
    /// in a mount namespace of its own.
    func start(
        _ words: [String],
        stdin: [UInt8]? = nil,
        adding: [String: String] = [:],
        prepared: String? = nil
    ) throws -> ToolRun {
        var words = words
        if let user = column.user {
            let ids = ["--reuid", String(user), "--regid", String(user), "--clear-groups", "--inh-caps=-all"]
            words = ["/usr/bin/setpriv"] + ids + ["--"] + words
        }
        let steps = [column.runtime == "crun" ? "mount -t cgroup2 none /sys/fs/cgroup" : nil, prepared].compactMap(
            \.self
        )
        if !steps.isEmpty {
            let script = (steps + ["exec \"$@\""]).joined(separator: " && ")
            words = ["/usr/bin/unshare", "-m", "--propagation", "private", "/bin/sh", "-c", script, "sh"] + words
        }
        let environment = space.environment.merging(adding) { $1 }
        return try Program.run(words, in: space.work, environment: environment, stdin: stdin)
    }

    func tool(
        _ arguments: [String],
        stdin: [UInt8]? = nil,
        adding: [String: String] = [:],
        prepared: String? = nil
    ) throws -> ToolRun {
        try start([Tool.path] + arguments, stdin: stdin, adding: adding, prepared: prepared)
    }

    /// Runs a shell's words on the column's runtime, and gives the launch record too, nil when none was written.
    func shell(
        _ script: String,
        _ flags: [String] = [],
        adding: [String: String] = [:]
    ) throws -> (run: ToolRun, record: JSONValue?) {
        try recorded(["run"] + flags, ["--", "/bin/sh", "-c", script], adding: adding)
    }

    /// Launches a spec on the column's runtime.
    func exec(
        _ members: JSONValue,
        stdin: [UInt8]? = nil,
        prepared: String? = nil
    ) throws -> (run: ToolRun, record: JSONValue?) {
        try space.spec(members)
        return try recorded(["exec", "sandbox.json"], stdin: stdin, prepared: prepared)
    }

    func recorded(
        _ arguments: [String],
        _ rest: [String] = [],
        stdin: [UInt8]? = nil,
        adding: [String: String] = [:],
        prepared: String? = nil
    ) throws -> (run: ToolRun, record: JSONValue?) {
        try Folder.removeFile(space.work + "/result.json")
        let words = arguments + column.flags + ["--result", "result.json"] + rest
        let run = try tool(words, stdin: stdin, adding: adding, prepared: prepared)
        let text = try? space.folder.read("work/result.json")
        return (run, try text.map { try JSONParser.parse(Array($0.utf8)) })
    }

    /// A file of the newest run.
    func artefact(_ path: String) throws -> [UInt8] { try space.tool(["cat", "last", path]).output }

    /// Runs a bash script of the user's: `sbx` is the tool on the column's runtime; `started NAME FLAGS... -- COMMAND...`
    /// runs something that prints UP in the background, as `$run`; `ended CODE` waits for its end; `$UP` prints UP and
    /// goes on for ever; `nothing_left` looks for what a run of result.json left, which names `$MARK` in its command.
    func script(_ text: String, adding: [String: String] = [:], prepared: String? = nil) throws -> ToolRun {
        let mark = "31337." + HostSystem.randomBytes(4).map { String($0) }.joined()
        let variables = [
            "SBX": Tool.path, "FLAGS": column.flags.joined(separator: " "), "MARK": mark,
            "WAIT": HostSystem.environment()["SBXPIPE_TEST_WAIT"] ?? "1200",
        ]
        return try start(
            ["/bin/bash", "-c", Self.prelude + text],
            adding: variables.merging(adding) { $1 },
            prepared: prepared
        )
    }

    private static let prelude = #"""
        C=$SBXPIPE_STORE/cache
        exec 3>&2 2>/dev/null
        # Else what runs in the background has INT ignored.
        set -m
        sbx() { local verb=$1; shift; "$SBX" $verb $FLAGS --result result.json "$@"; }
        problem() { echo "$*" | cut -c1-900; }
        wait_until() { for _ in $(seq ${WAIT:-1200}); do eval "$1" && return 0; sleep 0.05; done; return 1; }
        started() {
            local name=$1; shift; rm -f result.json $name.out
            "$SBX" run $FLAGS --result result.json --name $name "$@" >$name.out 2>$name.err & run=$!
            wait_until "grep -q UP $name.out" || problem "$name does not run: $(cat $name.err)"
        }
        ended() {
            wait_until '! kill -0 $run' || { problem "it does not end"; kill -9 $run; }
            wait $run; local code=$?; [[ $code == $1 ]] || problem "it ended with $code, not $1: $(cat *.err)"
        }
        UP="echo UP; while :; do sleep 0.05; done"
        nothing_left() {
            local id=$(grep -o 'sbxpipe-[0-9a-f]\{16\}' result.json | head -n 1) left
            [[ -z $(ls -A "$C/tmp") ]] || problem "$1: left in tmp: $(ls "$C/tmp")"
            ! grep -q '"use"' "$C"/leases/* || problem "$1: left in leases: $(cat "$C"/leases/*)"
            [[ -z $id || -z $(find /sys/fs/cgroup -maxdepth 5 -name "$id*") ]] || problem "$1: left cgroup $id"
            printf '%s\n' "$MARK" "$C/tmp" ${id:-$MARK} >patterns
            left=$(grep -lsaF -f patterns /proc/[0-9]*/cmdline)
            [[ -z $left ]] || problem "$1: left process: $(for p in $left; do tr '\0' ' ' <$p; done)"
            [[ -z $(grep -F -f patterns /proc/self/mountinfo) ]] || problem "$1: left mount"
        }

        """#
}

/// Keeps the labs of the columns as long as a suite runs, and removes them with it.
struct RuntimeLabs: SuiteTrait, TestScoping {
    fileprivate final class Shared: Sendable {
        private let labs = Mutex<[RuntimeColumn: RuntimeLab]>([:])

        func lab(_ column: RuntimeColumn) throws -> RuntimeLab {
            try labs.withLock { labs in
                if let lab = labs[column] { return lab }
                let lab = try RuntimeLab(column)
                labs[column] = lab
                return lab
            }
        }
    }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await RuntimeLab.$shared.withValue(Shared()) { try await function() }
    }
}

extension Trait where Self == RuntimeLabs {
    /// Shares what the columns' first starts found out between the tests of a suite.
    static var sharingLabs: Self { Self() }
}
