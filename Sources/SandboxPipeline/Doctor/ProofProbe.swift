import Runtimes
import SandboxSpec

/// One thing that is forbidden inside, and a shell's words that try it.
///
/// The words call `ok` when it worked and `skip REASON` when it can't be tried; whatever else comes of them is a
/// denial. They have `sh`, coreutils and what ``ProofScript`` defines, change nothing of the host's, and undo what they
/// did.
struct ProofProbe: Sendable {
    /// Stable, in kebab-case.
    let id: String
    /// The controls that forbid it, by their names in `enforcement.json`: one that is enforced is enough.
    let controls: [String]
    let words: String

    /// Whether the control may end the sandbox to forbid it.
    var endsSandbox: Bool { id == Self.memory }
    static let memory = "more-memory"
    /// The one that the doctor sees from outside too.
    static let connection = "connect-to-host"

    init(_ id: String, _ words: String) {
        self.id = id
        controls = ForbiddenProbe.controls(forbidding: id).map(\.rawValue)
        self.words = words
    }
}

/// What the words of the probes need to know of the host.
struct ProofHost: Sendable {
    /// A port of 127.0.0.1 on which the doctor listens.
    let port: UInt16
    /// The store, outside.
    let store: String
    /// Homes of others than the caller that hold something.
    let otherHomes: [String]
    /// By kind (`pid`) what /proc/self/ns has a link to.
    let namespaces: [String: String]
    /// Controllers by which limits are asked for; not pids of gVisor, whose own threads count and end it.
    let controllers: Set<String>
    /// Whether it is gVisor's kernel that runs the command.
    let isGVisor: Bool

    /// Where the doctor's folder is inside, writable: with `dir/hidden`, which is hidden, and `locked`, which is
    /// read-only.
    static let folder = "/sbxpipe-probe"
    /// Processes that the command may have, and bytes, where a controller bounds them.
    static let processes = 64
    static let memory = "128M"
}

extension ProofProbe {
    /// Every probe, in the order in which they are run: those of limits last, as they may end the sandbox.
    static func all(_ host: ProofHost) -> [ProofProbe] {
        files(host) + namespaces(host) + privileges + network(host) + limits(host)
    }

    private static func namespaces(_ host: ProofHost) -> [ProofProbe] {
        host.namespaces.sorted { $0.key < $1.key }.map { kind, link in
            ProofProbe(
                "host-\(kind)-namespace",
                "[ \"$(readlink /proc/self/ns/\(kind))\" = \(ProofScript.quoted(link)) ] && ok"
            )
        }
    }

    private static func network(_ host: ProofHost) -> [ProofProbe] {
        let port = host.port
        let perl = "socket(S, 2, 1, 0) && connect(S, pack(\"SnC4x8\", 2, \(port), 127, 0, 0, 1)) or exit 1"
        let python = "import socket; socket.create_connection((\"127.0.0.1\", \(port)), 5)"
        return [
            ProofProbe(
                connection,
                """
                if has perl; then perl -e '\(perl)' && ok
                elif has python3; then python3 -I -c '\(python)' && ok
                elif has bash; then bash -c ': </dev/tcp/127.0.0.1/\(port)' && ok
                else skip 'there is none of perl, python3, bash'; fi
                """
            ),
            ProofProbe("vsock", "call socket 40 1 0 && ok"),
        ]
    }

    private static func limits(_ host: ProofHost) -> [ProofProbe] {
        var probes: [ProofProbe] = []
        let tries = ProofHost.processes + 100
        if host.controllers.contains("pids") {
            let perl = """
                for (1..\(tries)) { my $p = fork; last if !defined $p; if (!$p) { sleep 60; exit 0 } push @p, $p }
                kill 9, @p; exit(@p == \(tries) ? 0 : 1)
                """
            let python = """
                os, signal, sys, time = map(__import__, ["os", "signal", "sys", "time"])
                p = []
                try:
                    for i in range(\(tries)):
                        c = os.fork()
                        if not c: time.sleep(60); os._exit(0)
                        p.append(c)
                except OSError: pass
                for c in p: os.kill(c, signal.SIGKILL)
                sys.exit(0 if len(p) == \(tries) else 1)
                """
            probes.append(
                ProofProbe("more-processes", "program '\(perl)' '\(python)' && ok")
            )
        }
        if host.controllers.contains("memory") {
            let perl = "my $n = 384 << 20; my $x = \"a\" x $n; exit(length($x) == $n ? 0 : 1)"
            let python = "x = b\"a\" * (384 << 20)"
            probes.append(ProofProbe(memory, "program '\(perl)' '\(python)' && ok"))
        }
        return probes
    }
}
