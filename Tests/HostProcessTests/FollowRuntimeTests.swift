import HostFiles
import TestSupport
import Testing

@testable import HostProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An OCI runtime that a test starts containers with.
enum TestedRuntime: String, CaseIterable, Sendable {
    case runc
    case crun

    /// The start of a command line; crun takes no host with a hybrid of cgroup v1 and v2, so it is shown another.
    func command(state: String) -> String {
        switch self {
        case .runc: "runc --root \(state)"
        case .crun:
            "unshare -m --propagation private sh -c 'mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\"' sh "
                + "crun --root \(state) --cgroup-manager=disabled"
        }
    }

    var isMissing: Bool { !Requirements.has(rawValue) }
}

/// A bundle that shows the host's /usr, and the folder of its pid file; `id` is the container's.
final class TestedBundle: Sendable {
    let files: FollowedFolder
    let runtime: TestedRuntime
    let id: String

    init(_ runtime: TestedRuntime, _ script: String, ownProcesses: Bool = true) throws {
        self.runtime = runtime
        files = try FollowedFolder()
        id = AbsolutePath.lastComponent(files.folder.path)
        try files.folder.folder("rootfs")
        for name in ["dev", "proc", "usr"] { try files.folder.folder("rootfs/\(name)") }
        for name in ["bin", "lib", "lib64"] { symlink("usr/\(name)", files.folder("rootfs/\(name)")) }
        let namespaces = ["mount", "ipc", "uts", "network"] + (ownProcesses ? ["pid"] : [])
        try files.folder.write(
            """
            {"ociVersion":"1.0.2","process":{"terminal":false,"user":{"uid":0,"gid":0},"args":["sh","-c","\(script)"],
            "env":["PATH=/usr/bin:/bin"],"cwd":"/","noNewPrivileges":true},"root":{"path":"rootfs","readonly":true},
            "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
            {"destination":"/usr","type":"bind","source":"/usr","options":["rbind","ro"]}],
            "linux":{"namespaces":[\(namespaces.map { "{\"type\":\"\($0)\"}" }.joined(separator: ","))]}}
            """,
            to: "config.json"
        )
    }

    private var command: String { runtime.command(state: files.folder("state")) }

    var launcher: String {
        "\(command) run --detach --pid-file $PID --bundle \(files.folder.path) \(id)"
    }

    func delete() throws {
        let end = try runScript("\(command) delete --force \(id) >&2", environment: files.environment).end
        #expect(end.status == .exited(0))
    }
}

@Suite(
    "A container's first process, followed",
    .tags(.large),
    .enabled(if: Requirements.isRoot, "starts containers as root"),
    .serialized
)
struct FollowRuntimeTests {
    /// Those that are installed; where launchers are required, all.
    static let runtimes = TestedRuntime.allCases.filter { !$0.isMissing }

    private func end(
        _ runtime: TestedRuntime,
        _ script: String,
        ownProcesses: Bool = true,
        after: String = "exec "
    ) throws -> (ScriptResult, Int32) {
        let bundle = try TestedBundle(runtime, script, ownProcesses: ownProcesses)
        let launcher = after == "exec " ? "exec \(bundle.launcher)" : "\(bundle.launcher) && \(after)"
        let found = try bundle.files.run(launcher)
        try bundle.delete()
        return (found, try bundle.files.number())
    }

    @Test(
        "its exit status is told",
        .enabled(if: !runtimes.isEmpty, "neither runc nor crun is installed"),
        arguments: runtimes,
        [0, 7, 255]
    )
    func exitStatus(_ runtime: TestedRuntime, _ code: Int32) throws {
        let (found, number) = try end(runtime, "sleep 0.2; echo said; exit \(code)")
        #expect(found.end.status == .exited(code))
        #expect(found.end.isOfFollowed)
        #expect(found.end.survivors == 0)
        #expect(found.output == "said\n")
        #expect(ProcessTable.stat(of: number) == nil)
    }

    @Test(
        "a signal that ended it is told",
        .enabled(if: !runtimes.isEmpty, "neither runc nor crun is installed"),
        arguments: runtimes
    )
    func signal(_ runtime: TestedRuntime) throws {
        let (found, _) = try end(runtime, "kill -TERM $$", ownProcesses: false)
        #expect(found.end.status == .signaled(SIGTERM, coreDumped: false))
        #expect(found.end.isOfFollowed)
    }

    @Test(
        "an end that came before the launcher's is told",
        .enabled(if: !runtimes.isEmpty, "neither runc nor crun is installed"),
        arguments: runtimes
    )
    func earlyEnd(_ runtime: TestedRuntime) throws {
        let (found, _) = try end(runtime, "exit 9", after: "exec sleep 0.5")
        #expect(found.end.status == .exited(9))
        #expect(found.end.isOfFollowed)
    }

    @Test(
        "the end of a quick command is never lost",
        .enabled(if: !runtimes.isEmpty, "neither runc nor crun is installed"),
        arguments: runtimes
    )
    func quick(_ runtime: TestedRuntime) throws {
        let rounds = Requirements.areLong ? 200 : 10
        var wrong: [ChildEnd] = []
        for round in 0..<rounds {
            let code = Int32(round % 10)
            let (found, _) = try end(runtime, "exit \(code)")
            if found.end.status != .exited(code) || !found.end.isOfFollowed || found.end.survivors != 0 {
                wrong.append(found.end)
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test(
        "a runtime that can't start it is told by its own status",
        .enabled(if: !runtimes.isEmpty, "neither runc nor crun is installed"),
        arguments: runtimes
    )
    func failing(_ runtime: TestedRuntime) throws {
        let bundle = try TestedBundle(runtime, "exit 0")
        try bundle.files.folder.write("{}", to: "config.json")
        let found = try bundle.files.run("exec \(bundle.launcher)")
        #expect(found.end.status == .exited(1))
        #expect(!found.end.isOfFollowed)
        #expect(!found.output.isEmpty)
    }

    @Test(
        "letting it go ends it, and all that is in it",
        .enabled(if: !runtimes.isEmpty, "neither runc nor crun is installed"),
        arguments: runtimes,
        [true, false]
    )
    func letGo(_ runtime: TestedRuntime, _ ownProcesses: Bool) throws {
        let script = "setsid sleep 60 & echo up; trap '' TERM; sleep 60; sleep 60"
        let bundle = try TestedBundle(runtime, script, ownProcesses: ownProcesses)
        let pipe = try makePipe()
        defer { close(pipe.read) }
        var below: [ProcessIdentity] = []
        do {
            let child = try bundle.files.start("exec \(bundle.launcher)", output: pipe.write)
            #expect(readLine(pipe.read) == "up")
            let number = try bundle.files.number()
            #expect(follower(of: number) != nil)
            below = identities("\(number) \(ProcessTable.children(of: number).map(String.init).joined(separator: " "))")
            #expect(below.count == 3)
            #expect(try child.wait(within: .zero) == nil)
        }
        #expect(living(below) == 0)
        #expect(readAll(pipe.read).isEmpty)
        try bundle.delete()
    }

    @Test("a host that is killed leaves no process of it", .enabled(if: Requirements.has("runc"), "runc is missing"))
    func killedHost() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let bundle = try TestedBundle(.runc, "setsid sleep 60 & echo up; sleep 60; sleep 60")
            let pipe = try makePipe()
            let child = try bundle.files.start("exec \(bundle.launcher)", output: pipe.write)
            let line = readLine(pipe.read)
            let number = try bundle.files.number()
            let numbers = [number, follower(of: number) ?? 0] + ProcessTable.children(of: number)
            print("family", line, numbers.map(String.init).joined(separator: " "))
            print("folder", bundle.files.folder.path)
            fflush(nil)
            kill(getpid(), SIGKILL)
            _ = try child.wait()
        }
        let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let lines = text.split(separator: "\n")
        let numbers = lines.first { $0.hasPrefix("family up ") }?.split(separator: " ").compactMap { Int32($0) } ?? []
        #expect(numbers.count == 4 && !numbers.contains(0))
        #expect(gone(numbers))
        let folder = try #require(lines.first { $0.hasPrefix("folder ") }).dropFirst(7)
        let id = AbsolutePath.lastComponent(String(folder))
        let delete = "PATH=$PATH:/usr/sbin:/sbin runc --root \(folder)/state delete --force \(id) >&2"
        #expect(try runScript(delete).end.status == .exited(0))
        try Folder.removeTree(String(folder))
    }
}
