import HostFiles
import JSONText
import TestSupport
import Testing

/// A run under way in a workspace, with followers beside it, all of them children of one script of bash.
///
/// The command waits in `/sync` for files that the script makes, and the script for what followers have shown: nothing
/// depends on how fast any of them is.
struct FollowLab {
    let space: Workspace

    init(_ purpose: String, user: UInt32? = nil) throws {
        space = try Workspace(purpose, user: user)
        try space.makeFolder("sync")
    }

    /// `wait_until 'TEST'`, `run FLAGS... -- CMD` in the background as job `job`, `follow NAME FLAGS...` likewise, whose
    /// output goes to NAME.out and NAME.err; `ended NAME` waits for a follower and `done` for the run.
    private static let prelude = """
        S=$0
        trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
        wait_until() { local try; for try in {1..1500}; do eval "$1" && return 0; sleep 0.02; done; echo "not so: $1" >&2; exit 97; }
        declare -A pids
        run() {
            "$S" run --name job -v "$PWD/sync:/sync:rw" "$@" >run.out 2>run.err & job=$!
            wait_until 'grep -qs "\\"kind\\":\\"launch\\"" "$SBXPIPE_STORE"/cache/leases/*'
        }
        id() { grep -oh '"id":"[0-9a-f]*"' "$SBXPIPE_STORE"/cache/leases/* | cut -d '"' -f 4; }
        follow() { name=$1; shift; "$S" logs --follow "$@" >$name.out 2>$name.err & pids[$name]=$!; }
        has_ended() { ! kill -0 ${pids[$1]} 2>/dev/null; }
        ended() { wait_until "has_ended $1"; wait ${pids[$1]}; }
        finished() { wait $job || :; }

        """

    /// For the command: `wait_for NAME` until the script made that file in `sync`, `paced FIRST LAST` writes lines.
    private static let commandPrelude = """
        wait_for() { until [ -e "/sync/$1" ]; do sleep 0.02; done; }
        paced() { for i in $(seq $1 $2); do echo out$i; echo err$i >&2; sleep 0.05; done; }

        """

    /// Runs a script, which has `$COMMAND` for `/bin/sh -c`.
    func perform(_ command: String, _ script: String) throws {
        let run = try Program.run(
            ["/bin/bash", "-c", Self.prelude + script, Tool.path],
            in: space.work,
            environment: space.environment.merging(["COMMAND": Self.commandPrelude + command]) { $1 },
            user: space.user
        )
        try #require(run.code == 0, "\(run)\nrun: \((try? space.folder.read("work/run.err")) ?? "")")
    }

    /// What a follower wrote to stdout or stderr.
    func output(_ name: String) throws -> [UInt8] {
        try FileContent.read(space.folder("work/" + name), limit: 64 << 20)
    }

    func text(_ name: String) throws -> String { String(decoding: try output(name), as: UTF8.self) }

    /// Whether a follower showed what `logs` shows of the finished run, to each descriptor.
    func isSame(_ name: String, _ flags: [String] = []) throws -> Bool {
        let logs = try space.tool(["logs"] + flags)
        let (out, err) = (try output(name + ".out"), try output(name + ".err"))
        let same = logs.code == 0 && logs.output == out && logs.errors == err
        if !same { Issue.record("\(name)\n\(logs)\n\(String(decoding: out, as: UTF8.self).prefix(2000))") }
        return same
    }
}
