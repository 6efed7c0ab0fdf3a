import JSONText
import TestSupport
import Testing

@Suite("The broker", .tags(.large), .needsBubblewrap, .needsPython)
struct BrokerTests {
    private static let client = """
        import os, socket, subprocess
        s = socket.socket(socket.AF_UNIX); s.connect(os.environ["MPROXY_BROKER_SOCK"])
        print(s.recv(100).decode())
        print(subprocess.run([os.environ["MPROXY_SHIM_PATH"]], capture_output=True).stdout.decode(), end="")
        """

    /// Listens, runs its arguments, and greets whoever connects meanwhile.
    private static let server = """
        import os, socket, subprocess, sys, threading
        s = socket.socket(socket.AF_UNIX); s.bind("broker.sock"); s.listen()
        def serve():
            c, _ = s.accept(); c.send(b"hello from outside"); c.close()
        threading.Thread(target=serve, daemon=True).start()
        code = subprocess.run(sys.argv[1:]).returncode
        os.unlink("broker.sock")
        sys.exit(code)
        """

    private static let callers = [
        "MPROXY_BROKER_SOCK": "/inherited", "MPROXY_SHIM_PATH": "/inherited", "MPROXY_OTHER": "kept",
    ]

    /// Runs the client in a sandbox whose spec names socket and shim in this folder.
    private func greeted(_ space: Workspace, naming folder: String) throws -> ToolRun {
        try space.write("#!/bin/sh\necho shim ran\n", to: "shim", mode: 0o755)
        try space.spec([
            "command": ["/usr/bin/python3", "-c", .string(Self.client)],
            "broker": ["socket": "\(folder)broker.sock", "shim": "\(folder)shim"],
            "env": ["inherit": ["PATH", "MPROXY_*"], "set": ["MPROXY_SHIM_PATH": "/set/by/spec"]],
        ])
        return try Program.run(
            ["/usr/bin/python3", "-c", Self.server, Tool.path, "exec", "sandbox.json"],
            in: space.work,
            environment: space.environment.merging(Self.callers) { _, new in new },
            user: space.user
        )
    }

    @Test("It is reached inside by two variables, set over inherited ones", arguments: Requirements.users)
    func reached(user: UInt32?) throws {
        let space = try Workspace("broker", user: user)
        for folder in ["\(space.work)/", "~/../work/"] {
            let run = try greeted(space, naming: folder)
            #expect(run.code == 0, "\(run)")
            #expect(run.text == "hello from outside\nshim ran\n")
            let items = try space.artefact("2-env/env.json")["variables"]?.arrayValue ?? []
            let expected: [JSONValue] = [
                ["name": "MPROXY_BROKER_SOCK", "value": .string(space.work + "/broker.sock"), "origin": "broker"],
                ["name": "MPROXY_SHIM_PATH", "value": .string(space.work + "/shim"), "origin": "broker"],
                ["name": "MPROXY_OTHER", "value": "kept", "origin": "inherited"],
            ]
            for variable in expected { #expect(items.contains(variable), "\(variable.pretty())") }
            #expect(items.count(where: { $0["name"] == "MPROXY_BROKER_SOCK" }) == 1)
        }
    }

    @Test("A socket and a shim named relative to the spec are reached too")
    func relative() throws {
        let space = try Workspace("relativebroker")
        let run = try greeted(space, naming: "")
        #expect(run.text == "hello from outside\nshim ran\n", "\(run)")
    }

    @Test("Its variables can have other names, and what is no socket or no file is refused")
    func brokerNames() throws {
        let space = try Workspace("brokernames")
        try space.write("#!/bin/sh\n", to: "shim", mode: 0o755)
        let bind = "import socket; socket.socket(socket.AF_UNIX).bind('b.sock')"
        _ = try Program.run(["/usr/bin/python3", "-c", bind], in: space.work, environment: [:])
        let broker: JSONValue = [
            "socket": "b.sock", "shim": "shim", "socketVariable": "MY_SOCKET", "shimVariable": "MY_SHIM",
        ]
        let (run, _) = try space.exec(["command": ["/usr/bin/env"], "broker": broker, "env": ["inherit": false]])
        #expect(run.code == 0, "\(run)")
        let expected = ["MY_SHIM=\(space.work)/shim", "MY_SOCKET=\(space.work)/b.sock", "PWD=/"]
        #expect(run.text.split(separator: "\n").map(String.init).sorted() == expected)
        for (socket, shim) in [("absent.sock", "shim"), ("shim", "shim"), ("b.sock", "absent")] {
            let wrong: JSONValue = ["socket": .string(socket), "shim": .string(shim)]
            let (run, _) = try space.exec(["command": ["true"], "broker": wrong])
            #expect(run.code == 125, "\(run)")
            #expect(run.errorText.contains("broker."), "\(run)")
        }
    }
}
