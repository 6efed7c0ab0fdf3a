import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import Runtimes
import TestSupport
import Testing

@testable import ResolveStage

@Suite("The platform of gVisor", .tags(.medium))
struct GVisorProbeTests {
    private let fixture: StoreFixture
    private let store: Store
    private let identity = HostIdentity.current()

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.store.leased(ending: { _ in }).store
    }

    private static let isThere = Requirements.has("runsc")
    private static let hasCompiler = Compiler.path != nil

    private func platform(
        _ path: String,
        within limit: Duration = .seconds(60),
        kernel: String = "6.1.0",
        store: Store? = nil
    ) throws -> GVisorPlatform {
        let store = store ?? self.store
        let launcher = try LauncherSearch.open(path, of: "runsc", by: "the test", identity: identity)
        let facts = try LauncherInspection(store: store, kernel: kernel, user: identity.user)
            .facts(of: launcher, name: "runsc")
        return try GVisorProbe(
            store: store,
            kernel: kernel,
            user: identity.user,
            isRoot: identity.isRoot,
            timeLimit: limit
        ).platform(of: launcher, facts: facts)
    }

    @Test("a container starts on the real launcher, and nothing is left of it", .enabled(if: isThere, "no runsc"))
    func real() throws {
        let found = try platform("/usr/bin/runsc")
        let platform = try #require(found.platform, "\(found)")
        #expect(["systrap", "ptrace"].contains(platform))
        #expect(found.evidence.last?.message.isEmpty == true)
        // One without systrap says so, in the words of gVisor.
        if platform == "ptrace" {
            #expect(found.evidence.count == 2)
            if found.evidence[0].outcome == .unknown {
                #expect(found.evidence[0].message == "unknown platform: systrap")
            }
        }
        try expectNothingLeft()
    }

    @Test(
        "an ordinary user finds it as root does",
        .enabled(if: isThere && Requirements.isRoot, "needs runsc, and root to become another user")
    )
    func ordinaryUser() throws {
        let tests = try #require(try AbsolutePath.real("/proc/self/exe"))
        let words = [tests, "--testing-library", "swift-testing", "--filter", "GVisorProbeTests/real"]
        let environment = ["PATH": "/usr/bin:/bin", "TMPDIR": HostSystem.environment()["TMPDIR"] ?? "/tmp"]
        let run = try Program.run(words, in: "/", environment: environment, user: 4321)
        #expect(run.code == 0, "\(run)")
        #expect((run.text + run.errorText).contains("1 test"), "\(run)")
    }

    // MARK: - A launcher of ours

    /// Writes each of its calls into a line of `calls`; what it does on a platform is C, by macro.
    private func build(_ name: String, systrap: String, ptrace: String) async throws -> String {
        let source = """
            #include <signal.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>

            int main(int argc, char **argv, char **envp) {
                FILE *calls = fopen(CALLS, "a");
                for (int i = 1; i < argc; i++) fprintf(calls, "%s ", argv[i]);
                for (; *envp; envp++) fprintf(calls, "%.5s ", *envp);
                fprintf(calls, "\\n");
                fclose(calls);
                if (argc == 2) { puts("runsc version 1.0"); return 0; }
                for (int i = 1; i < argc; i++) {
                    if (!strcmp(argv[i], "--platform=systrap")) { \(systrap) }
                    if (!strcmp(argv[i], "--platform=ptrace")) { \(ptrace) }
                }
                return 9;
            }
            """
        let path = fixture.folder(name)
        try Compiler.build(source, to: path, flags: ["-DCALLS=\"\(fixture.folder("calls"))\""])
        // Of a file that changed a moment ago nothing is remembered.
        let status = try #require(try FileStatus.of(path))
        while HostSystem.realTime() - status.changed <= 2_000_000_000 { try await Task.sleep(for: .milliseconds(50)) }
        return path
    }

    private static let hang = "if (fork() == 0) setsid(); for (;;) pause();"
    private static let unknown = "puts(\"unknown platform: systrap\"); return 128;"

    /// Calls of the fake so far that have that word.
    private func calls(_ word: String = "run") throws -> [String] {
        try fixture.folder.read("calls").split(separator: "\n").map(String.init).filter {
            $0.split(separator: " ").contains(Substring(word))
        }
    }

    @Test("unknown, failed and hung are told apart, and the next platform is tried", .enabled(if: hasCompiler))
    func outcomes() async throws {
        let cases: [(String, GVisorPlatform.Outcome, String)] = [
            (Self.unknown, .unknown, "unknown platform: systrap"),
            ("fputs(\"no \\033 nested\\nmore\", stderr); return 1;", .failed, "no \\u{1B} nested"),
            ("return 0;", .failed, "exited with code 0"),
            ("raise(11);", .failed, "was ended by signal 11"),
            ("for (;;) puts(\"y\");", .failed, "writes without end"),
        ]
        for (index, (body, outcome, message)) in cases.enumerated() {
            let path = try await build("fake\(index)", systrap: body, ptrace: "return 42;")
            let found = try platform(path)
            #expect(found.platform == "ptrace")
            #expect(found.evidence.map(\.outcome) == [outcome, .works])
            #expect(found.evidence.map(\.message) == [message, ""])
        }
        try expectNothingLeft()
    }

    @Test("one that hangs, in delete too, is killed with all that it started", .enabled(if: hasCompiler))
    func hangs() async throws {
        let path = try await build("fake", systrap: Self.hang, ptrace: "return 42;")
        let found = try platform(path, within: .seconds(2))
        #expect(found.evidence.map(\.outcome) == [.hung, .works])
        #expect(found.evidence[0].message == "did not end within 2.0 seconds")
        let started = try #require(try calls().first?.split(separator: " "))
        let deleted = try #require(try calls("delete").first?.split(separator: " "))
        // Both end with the id and the environment, which is two variables.
        #expect(started.suffix(3) == deleted.suffix(3))
        #expect(Set(started.suffix(2)) == ["PATH=", "XDG_R"])
        #expect(started.contains("--rootless") == !identity.isRoot)
        #expect(try calls("delete").count == 1)
        try expectNothingLeft()
    }

    @Test("the answer is remembered by launcher, kernel and user, for all who can read it", .enabled(if: hasCompiler))
    func remembered() async throws {
        let path = try await build("fake", systrap: Self.unknown, ptrace: "return 42;")
        let first = try platform(path)
        #expect(try calls().count == 2)
        // Another process reads it, with a lease or without.
        #expect(try platform(path, store: fixture.store) == first)
        #expect(try platform(path) == first)
        #expect(try calls().count == 2)
        _ = try platform(path, kernel: "6.2.0")
        #expect(try calls().count == 4)
        let changed = try await build("other", systrap: "return 42;", ptrace: "return 1;")
        try fixture.shell("mv other fake")
        try await Task.sleep(for: .milliseconds(2100))
        #expect(try platform(path).platform == "systrap")
        #expect(try calls().count == 5)
        #expect(changed != path)
        // The same content at another place is the same launcher.
        try fixture.shell("cp fake copy")
        _ = try platform(fixture.folder("copy"))
        #expect(try calls().count == 5)
    }

    @Test("nothing is remembered without a lease, and an answer that is not signed is none", .enabled(if: hasCompiler))
    func trust() async throws {
        let path = try await build("fake", systrap: Self.unknown, ptrace: "return 42;")
        let reader = try StoreFixture()
        _ = try platform(path, store: reader.store)
        #expect(try reader.store.recordNames(in: "actions/probe").isEmpty)
        #expect(try reader.leftovers().isEmpty)
        _ = try platform(path)
        let record = try #require(try answers().first)
        try fixture.shell("sed -i s/ptrace/systrap/ \(store.path(record.path))")
        #expect(try platform(path).platform == "ptrace")
        #expect(try calls().count == 6)
    }

    @Test("that none works is believed for a day, that one works for ever", .enabled(if: hasCompiler))
    func expires() async throws {
        let path = try await build("fake", systrap: Self.unknown, ptrace: "return 3;")
        #expect(try platform(path).platform == nil)
        #expect(try platform(path).evidence.map(\.outcome) == [.unknown, .failed])
        #expect(try calls().count == 2)
        try age(by: 86_401)
        #expect(try platform(path).platform == nil)
        #expect(try calls().count == 4)
        // A clock that was set back is no reason to believe it longer.
        try age(by: -3600)
        _ = try platform(path)
        #expect(try calls().count == 6)
        let works = try await build("works", systrap: "return 42;", ptrace: "return 3;")
        _ = try platform(works)
        try age(by: 1_000_000)
        #expect(try platform(works).platform == "systrap")
        #expect(try calls().count == 7)
    }

    @Test("facts of another file are refused", .enabled(if: hasCompiler))
    func otherFacts() async throws {
        let launcher = try LauncherSearch.open("/bin/true", of: "runsc", by: "the test", identity: identity)
        let facts = LauncherFacts(
            name: "runsc",
            path: launcher.path,
            version: "1",
            features: [],
            digest: .of([]),
            fingerprint: "other"
        )
        let probe = GVisorProbe(store: store, kernel: "6.1.0", user: identity.user, isRoot: identity.isRoot)
        #expect(throws: LauncherProblem.self) { try probe.platform(of: launcher, facts: facts) }
    }

    /// The records that are answers of this probe.
    private func answers() throws -> [(path: String, value: JSONValue)] {
        try store.recordNames(in: "actions/probe").compactMap { name in
            let path = "actions/probe/" + name
            guard let value = try store.record(at: path)?.value, value["answer"] != nil else { return nil }
            return (path, value)
        }
    }

    private func age(by seconds: Int64) throws {
        for (path, value) in try answers() {
            let time = HostSystem.realTime() - seconds * 1_000_000_000
            try store.putRecord(["answer": value["answer"] ?? .null, "time": .integer(time)], at: path)
        }
    }

    /// No process, mount or temporary folder that names this test's store.
    private func expectNothingLeft() throws {
        #expect(try fixture.leftovers().isEmpty)
        let mounts = String(decoding: try FileContent.read("/proc/self/mountinfo", limit: 16 << 20), as: UTF8.self)
        #expect(!mounts.contains(fixture.folder.path))
        for name in try Folder.names("/proc") {
            let place = "/proc/\(String(decoding: name, as: UTF8.self))/cmdline"
            guard let words = try? FileContent.read(place, limit: 1 << 20) else { continue }
            #expect(!String(decoding: words, as: UTF8.self).contains(fixture.folder.path), "\(place)")
        }
    }
}

@Suite("The record of gVisor's platform", .tags(.small))
struct GVisorPlatformTests {
    @Test("it comes back from JSON as it was")
    func roundTrip() throws {
        let evidence: [GVisorPlatform.Evidence] = [
            .init(platform: "systrap", outcome: .hung, message: "did not end"),
            .init(platform: "ptrace", outcome: .works, message: ""),
        ]
        for count in 0...2 {
            let value = GVisorPlatform(evidence: Array(evidence.prefix(count)))
            #expect(try GVisorPlatform(JSONParser.parse(value.json.canonical())) == value)
            #expect(value.platform == (count == 2 ? "ptrace" : nil))
        }
    }

    @Test(
        "what is no such record is refused",
        arguments: [
            "{}", "{\"evidence\": [{}]}", "{\"evidence\": [], \"platform\": \"kvm\"}",
            "{\"evidence\": [{\"platform\": \"systrap\", \"outcome\": \"maybe\", \"message\": \"\"}]}",
            "{\"evidence\": [{\"platform\": \"systrap\", \"outcome\": \"works\", \"message\": \"\"}]}",
        ]
    )
    func refused(text: String) throws {
        let value = try JSONParser.parse(Array(text.utf8))
        #expect(throws: JSONShapeError.self) { try GVisorPlatform(value) }
    }
}
