import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("A broker outside", .tags(.large), .needsBubblewrap, .needsPython)
struct BrokerServerTests {
    /// How the sandbox is set up, and by whom it is used.
    struct Setting: Sendable, CustomTestStringConvertible {
        let spec: [String: JSONValue]
        let user: UInt32?

        var testDescription: String {
            let name = ["preset", "runtime"].compactMap { spec[$0]?.stringValue }.joined(separator: " ")
            return "\(name.isEmpty ? "baseline" : name), user \(user.map(String.init) ?? "as is")"
        }

        static let all: [Setting] = Requirements.users.flatMap { user in
            [[:], ["preset": "restricted"], ["preset": "overlay"], ["preset": "overlay", "runtime": "direct"]].map {
                Setting(spec: $0, user: user)
            }
        }
    }

    /// Serves on a socket as long as its arguments run: a line in, a line out, each client on a thread of its own.
    ///
    /// Writes down what it was asked and by which user.
    private static let server = """
        import os, socket, struct, subprocess, sys, threading
        listener = socket.socket(socket.AF_UNIX); listener.bind("broker.sock"); listener.listen()
        log = open("asked", "w")
        def serve(client):
            who = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
            for line in client.makefile("r"):
                log.write("%d %s" % (who, line)); log.flush()
                client.sendall(("answer to " + line).encode())
            client.close()
        def accept():
            while True: threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()
        code = subprocess.run(sys.argv[1:]).returncode
        os.unlink("broker.sock")
        sys.exit(code)
        """

    /// The shim: asks the broker for what it was called with.
    private static let shim = """
        #!/usr/bin/python3
        import os, socket, sys
        s = socket.socket(socket.AF_UNIX); s.connect(os.environ["MPROXY_BROKER_SOCK"])
        f = s.makefile("rw"); f.write(" ".join(sys.argv[1:]) + "\\n"); f.flush()
        print(f.readline(), end="")
        """

    /// Talks to the broker itself, twice on one connection, then by the shim, and looks for a network beside it.
    private static let client = """
        import os, socket, subprocess
        s = socket.socket(socket.AF_UNIX); s.connect(os.environ["MPROXY_BROKER_SOCK"]); f = s.makefile("rw")
        for word in ["one", "two"]:
            f.write(word + "\\n"); f.flush(); print(f.readline(), end="")
        print(subprocess.run([os.environ["MPROXY_SHIM_PATH"], "by", "shim"], capture_output=True, text=True).stdout, end="")
        print("interfaces", *sorted(os.listdir("/sys/class/net")) if os.environ["NETWORK"] == "host" else
              [l.split(":")[0].strip() for l in open("/proc/net/dev").readlines()[2:]])
        """

    @Test("The command talks to it by one variable and runs the shim by the other", arguments: Setting.all)
    func served(setting: Setting) throws {
        let space = try Workspace("brokerserver", user: setting.user)
        try space.write(Self.shim, to: "shim", mode: 0o755)
        let contained = setting.spec["preset"] != "overlay"
        let spec: [String: JSONValue] = [
            "command": ["/usr/bin/python3", "-c", .string(Self.client)],
            "broker": ["socket": "broker.sock", "shim": "shim"],
            "env": ["set": ["NETWORK": contained ? "none" : "host"]],
        ]
        try space.spec(.object(spec.merging(setting.spec) { $1 }))
        let run = try Program.run(
            ["/usr/bin/python3", "-c", Self.server, Tool.path, "exec", "sandbox.json"],
            in: space.work,
            environment: space.environment,
            user: setting.user
        )
        #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
        let lines = run.text.split(separator: "\n").map(String.init)
        #expect(lines.prefix(3) == ["answer to one", "answer to two", "answer to by shim"], "\(run)")
        if contained { #expect(lines.last == "interfaces lo", "\(run)") }
        let caller = setting.user ?? HostIdentity.current().user
        #expect(try space.folder.read("work/asked") == ["one", "two", "by shim"].map { "\(caller) \($0)\n" }.joined())
        let record = try space.artefact("2-env/env.json")["variables"]?.arrayValue ?? []
        let broker = record.filter { $0["origin"] == "broker" }.compactMap { $0["value"]?.stringValue }
        #expect(broker.sorted() == ["\(space.work)/broker.sock", "\(space.work)/shim"])
    }

    @Test("Only the socket that was named is in reach, and the shim can't be written")
    func onlyThat() throws {
        let space = try Workspace("brokeronly")
        try space.write(Self.shim, to: "shim", mode: 0o755)
        let client = """
            import os
            folder = os.path.dirname(os.environ["MPROXY_BROKER_SOCK"])
            print(sorted(os.listdir(folder)))
            try: open(os.environ["MPROXY_SHIM_PATH"], "a"); print("written")
            except OSError: print("refused")
            """
        try space.spec([
            "command": ["/usr/bin/python3", "-c", .string(client)],
            "broker": ["socket": "broker.sock", "shim": "shim"],
        ])
        let run = try Program.run(
            ["/usr/bin/python3", "-c", Self.server, Tool.path, "exec", "sandbox.json"],
            in: space.work,
            environment: space.environment
        )
        #expect(run.code == 0 && run.text == "['broker.sock', 'shim']\nrefused\n", "\(run)")
    }

    @Test("A broker that is gone when the plan is launched is a refused connection inside, or told of before")
    func gone() throws {
        let space = try Workspace("brokergone")
        try space.write(Self.shim, to: "shim", mode: 0o755)
        try space.spec(["command": ["./shim"], "workdir": "/", "broker": ["socket": "broker.sock", "shim": "shim"]])
        let plan = try Program.run(
            ["/usr/bin/python3", "-c", Self.server, Tool.path, "plan"],
            in: space.work,
            environment: space.environment
        )
        #expect(plan.code == 0, "\(plan)")
        let run = try space.tool(["exec"])
        #expect(run.code == 125 && run.errorText.contains("broker"), "\(run)")
    }
}
