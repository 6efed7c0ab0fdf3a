import ArtifactStore
import HostFiles
import HostProcess
import PipelineContracts
import Runtimes
import TestSupport
import Testing

@testable import ResolveStage

@Suite("Looking at a launcher", .tags(.medium))
struct LauncherInspectionTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func facts(_ path: String, as name: String) throws -> LauncherFacts {
        let identity = HostIdentity.current()
        let found = try LauncherSearch.open(path, of: name, by: "the test", identity: identity)
        return try LauncherInspection(store: fixture.store, kernel: "6.1.0", user: identity.user)
            .facts(of: found, name: name)
    }

    private func installed(_ name: String) throws -> LauncherFacts {
        let identity = HostIdentity.current()
        let environment = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        let found = try LauncherSearch.find(name, environment: environment, identity: identity)
        return try facts(found.path, as: name)
    }

    private static let runcIsThere = Requirements.areRequired || FileMode.mayExecute("/usr/sbin/runc")

    @Test("runc tells its version, recursive mount options and specification", .enabled(if: runcIsThere, "no runc"))
    func runc() throws {
        let facts = try installed("runc")
        #expect(facts.version.first?.isNumber == true)
        // 1.1.5 has the recursive options; one without `features` would tell neither.
        #expect(facts.features.contains("mount:rro") == facts.features.contains { $0.hasPrefix("ociVersionMax:1.") })
        #expect(facts.features == facts.features.sorted() && facts.features.count <= 6)
    }

    @Test("crun tells its version and what it was built with", .enabled(if: Requirements.has("crun"), "no crun"))
    func crun() throws {
        let facts = try installed("crun")
        #expect(facts.version.first?.isNumber == true)
        #expect(facts.features.contains("+SECCOMP") && facts.features.contains("+CAP"))
    }

    @Test("runsc tells its version and flags", .enabled(if: Requirements.has("runsc"), "no runsc"))
    func runsc() throws {
        let facts = try installed("runsc")
        #expect(!facts.version.isEmpty)
        #expect(Set(["--platform", "--network", "--rootless", "--ignore-cgroups"]).isSubset(of: facts.features))
        #expect(!facts.features.contains("--debug"))
    }

    @Test("a name that is no launcher's is refused")
    func unknownName() {
        #expect(throws: LauncherProblem.self) { try facts("/bin/true", as: "true") }
    }

    /// By the name of its folder, what it does; by its own, whom it stands in for.
    private static let source = """
        #include <libgen.h>
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>

        int main(int argc, char **argv) {
            char one[4096], two[4096];
            snprintf(one, sizeof one, "%s", argv[0]);
            snprintf(two, sizeof two, "%s", argv[0]);
            const char *name = basename(one), *act = basename(dirname(two));
            if (!strcmp(act, "silent")) return 0;
            if (!strcmp(act, "hangs")) sleep(600);
            if (!strcmp(act, "crashes")) return 139;
            if (!strcmp(act, "floods")) for (;;) printf("%s version 1.2\\n", name);
            if (!strcmp(act, "other")) { puts("sandboxer version 1.2"); return 0; }
            if (!strcmp(act, "odd")) { printf("%s version from here\\n", name); return 0; }
            if (!strcmp(act, "escapes")) { printf("%s version 1\\033[31m\\n", name); return 0; }
            if (!strcmp(act, "long")) { printf("%s version %065d\\n", name, 1); return 0; }
            if (!strcmp(act, "fails")) { printf("%s version 1.2\\n", name); return 139; }
            if (argc > 1 && strcmp(argv[1], "--version")) return 3;
            printf("%s version %064d\\n", name, 1);
            return 0;
        }
        """

    @Test(
        "one that hangs, floods, crashes or prints an unknown version is refused with its path",
        .enabled(if: Compiler.path != nil, "no C compiler")
    )
    func misbehaving() throws {
        try Compiler.build(Self.source, to: fixture.folder("fake"))
        let known = "--version printed no version of "
        var cases = ["silent", "crashes", "other", "odd", "escapes", "long", "fails"].flatMap { act in
            ["runc", "crun", "runsc"].map { (act, $0, known) }
        }
        cases += [("hangs", "runc", "did not answer --version within"), ("floods", "runsc", "writes without end")]
        for (act, name, message) in cases {
            let path = fixture.folder("\(act)/\(name)")
            try fixture.shell("mkdir -p \(act); cp fake \(path)")
            let problem = #expect(throws: LauncherProblem.self) { try facts(path, as: name) }
            #expect(problem?.message.contains(message) == true, "\(act) \(name): \(String(describing: problem))")
            #expect(problem?.message.contains(path) == true)
            #expect(problem?.message.utf8.allSatisfy { $0 >= 0x20 } == true)
            let endsWithCode = problem?.message.hasSuffix("exited with code 139") == true
            #expect(endsWithCode == ["crashes", "fails"].contains(act), "\(String(describing: problem))")
        }
    }

    @Test(
        "a version of 64 bytes is taken, and a launcher that tells no features has none",
        .enabled(if: Compiler.path != nil, "no C compiler")
    )
    func withoutFeatures() throws {
        try Compiler.build(Self.source, to: fixture.folder("fake"))
        for name in ["runc", "crun", "runsc"] {
            try fixture.shell("mkdir -p good; cp fake good/\(name)")
            let facts = try facts(fixture.folder("good/\(name)"), as: name)
            #expect(facts.version.utf8.count == 64)
            #expect(facts.features.isEmpty)
        }
    }
}

@Suite("Answers of launchers", .tags(.small))
struct LauncherQuestionTests {
    @Test(
        "versions as the launchers' own releases and distributions print them",
        arguments: [
            ("bwrap", "bubblewrap 0.11.0\n", "0.11.0"),
            ("runc", "runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\n", "1.1.5+ds1"),
            ("runc", "runc version 1.0.0~rc93+ds1\n", "1.0.0~rc93+ds1"),
            ("crun", "crun version 1.8.1\ncommit: f8a\nspec: 1.0.0\n+SYSTEMD +CAP\n", "1.8.1"),
            ("runsc", "runsc version 0.0~20221219.0\nspec: 1.0.2-dev\n", "0.0~20221219.0"),
            ("runsc", "runsc version release-20240212.0\nspec: 1.1.0-rc.1\n", "release-20240212.0"),
        ]
    )
    func versions(name: String, answer: String, version: String) throws {
        #expect(try #require(LauncherQuestions.of(name)).version(in: answer) == version)
    }

    @Test(
        "what is no version of that launcher's",
        arguments: [
            ("runc", ""), ("runc", "runc version \n"), ("runc", "runc version unknown"), ("runc", "crun version 1.1"),
            ("runc", "runc version release-1"), ("crun", "crun version 1.8\u{7}"), ("crun", "crun version 1.8 beta"),
            ("crun", "crun version 1é"), ("runsc", "runsc version VERSION_MISSING"),
            ("runsc", "runsc version release-"),
            ("bwrap", "bubblewrap 9.9.9 PLANTED"), ("runsc", "runsc version 1" + String(repeating: "0", count: 64)),
        ]
    )
    func noVersion(name: String, answer: String) throws {
        #expect(try #require(LauncherQuestions.of(name)).version(in: answer) == nil)
    }

    @Test("of the features document recursive mount options and versions are kept, and nothing of anything else")
    func document() {
        let text = """
            {"ociVersionMin": "1.0.0", "ociVersionMax": "1.0.2-dev", "mountOptions": ["ro", "rro", "rnodev", 7, "x"]}
            """
        #expect(
            OCIFeatures.read(text) == ["mount:rnodev", "mount:rro", "ociVersionMax:1.0.2-dev", "ociVersionMin:1.0.0"]
        )
        for other in ["", "[]", "{", "null", "{\"mountOptions\": 3, \"ociVersionMax\": \"1\\u001b\"}"] {
            #expect(OCIFeatures.read(other).isEmpty)
        }
        #expect(OCIFeatures.read(nil).isEmpty)
    }

    @Test("the first line of what a launcher said is free of its log's prefix and of control characters")
    func firstLine() {
        func first(_ text: String) -> String? {
            LauncherAnswer(status: .exited(128), output: Array(text.utf8)).firstLine
        }
        let logged = "\nW1122 10:54:31.448036   27627 util.go:64] FATAL ERROR: unknown platform: systrap\nmore\n"
        #expect(first(logged) == "unknown platform: systrap")
        #expect(first("Error] of mine\u{1B}[0m") == "Error] of mine\\u{1B}[0m")
        #expect(first(String(repeating: "x", count: 9999))?.count == 200)
        #expect(first(" \n\n") == nil)
    }
}
