import HostFiles
import JSONText
import TestSupport
import Testing

/// What this version does not enforce is refused when it is asked for, by spec and by flag, never ignored (issue 2).
@Suite(.enabled(if: Requirements.has("bwrap")))
struct RefusedUntilLaterTests {
    @Test(
        "a spec that asks for what comes later is refused",
        arguments: [
            ("\"root\": {\"image\": \"debian:12\"}", "root.image"),
            ("\"root\": {\"host\": \"ro\", \"writes\": \"discard\"}", "root.writes"),
            ("\"root\": {\"host\": \"ro\", \"writes\": \"keep\"}", "root.writes"),
            ("\"mounts\": [{\"bind\": \"/etc\", \"at\": \"/e\", \"mode\": \"overlay\"}]", "mounts[0].mode"),
            (
                "\"mounts\": [{\"bind\": \"/etc\", \"at\": \"/e\", \"mode\": \"snapshot\", \"writable\": true}]",
                "mounts[0].writable"
            ),
            ("\"runtime\": \"direct\"", "runtime"),
            ("\"cache\": \"hermetic\"", "hermetic"),
            ("\"namespaces\": {\"time\": true}", "namespaces.time"),
            ("\"runtime\": \"bwrap\", \"security\": {\"noNewPrivileges\": false}", "security.noNewPrivileges"),
        ]
    )
    func spec(member: String, field: String) throws {
        let lab = try SafetyLab()
        try lab.spec("{\"command\": [\"/bin/echo\", \"RAN\"], \(member)}", to: "s.json")
        expectRefused(try lab.tool(["plan", "s.json"]), 2, "s.json", field)
        expectRefused(try lab.tool(["exec", "s.json"]), 125, "s.json", field)
    }

    @Test(
        "a flag that asks for what comes later is refused",
        arguments: [
            ["--rootfs", "oci:/x"],
            ["--rootfs", "tar:/x"],
            ["--rootfs", "dir:/x"], ["--rootfs", "image:debian"], ["-v", "/etc:/e:overlay"],
            ["--runtime", "direct"], ["--reuse"],
            ["--allow", "changes"], ["--allow", "host-mounts"],
            ["--set", "cache=hermetic"],
            ["--set", "namespaces.time=true"], ["--allow-degraded", "nothing"],
        ]
    )
    func flag(flags: [String]) throws {
        let lab = try SafetyLab()
        expectRefused(try lab.tool(["run"] + flags + ["--", "/bin/echo", "RAN"]), 125)
    }

    @Test("a runtime of the environment is refused as one of the spec, and counts for auto alone")
    func runtimeVariable() throws {
        let lab = try SafetyLab()
        for name in ["direct", "nonsense"] {
            expectRefused(
                try lab.tool(["run", "--", "echo", "RAN"], environment: ["SBXPIPE_RUNTIME": name]),
                125,
                name
            )
            let run = try lab.tool(
                ["run", "--runtime", "bwrap", "--", "echo", "RAN"],
                environment: ["SBXPIPE_RUNTIME": name]
            )
            #expect(run.code == 0, "\(run)")
        }
    }

    @Test(
        "a limit that may be missing by the caller's word is recorded as missing, unless required",
        arguments: Requirements.users
    )
    func degraded(user: UInt32?) throws {
        let lab = try SafetyLab(user)
        let isOrdinary = user != nil || !Requirements.isRoot
        // What an ordinary user has no cgroup for, and what the kernel does not hold root to.
        let limits = isOrdinary ? ["resources.memory", "resources.pids"] : ["resources.rlimits"]
        let values = isOrdinary ? ["resources.memory=1G", "resources.pids=50"] : ["resources.rlimits={\"nproc\": 500}"]
        let asking = values.flatMap { ["--set", $0] } + ["--result", "r.json"]
        let allowing = limits.flatMap { ["--allow-degraded", $0] }
        let run = try lab.tool(["run"] + asking + allowing + ["--", "echo", "RAN"])
        #expect(run.code == 0 && run.text == "RAN\n", "\(run)")
        let record = try JSONParser.parse(Array(try lab.folder.read("r.json").utf8))
        for limit in limits {
            let entry = record["enforcement"]?.arrayValue?.first { $0["name"]?.stringValue == limit }
            #expect(entry?["answer"]?.stringValue == "missing", "\(limit): \(String(describing: entry))")
        }
        let most = limits.dropLast().flatMap { ["--allow-degraded", $0] }
        expectRefused(try lab.tool(["run"] + asking + most + ["--", "echo"]), 125, limits[limits.count - 1])
        for limit in limits {
            let required = ["--set", "require=[\"\(limit)\"]"]
            expectRefused(try lab.tool(["run"] + asking + allowing + required + ["--", "echo"]), 125, limit)
        }
        for other in ["network", "mounts.hide", "root", "runtime"] {
            let flags = ["--rootfs", "image:debian", "--allow-degraded", other]
            expectRefused(try lab.tool(["run"] + flags + ["--", "echo"]), 125, "root.image")
        }
    }
}
