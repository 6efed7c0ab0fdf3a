import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("doctor", .tags(.large))
struct DoctorTests {
    private static let all = ["bwrap", "runc", "crun", "runsc", "direct"]

    /// The document, which has to be one of `sbxpipe.doctor/v1` and nothing else; TMPDIR has to be empty afterwards.
    private func examine(
        _ words: [String],
        _ space: Workspace,
        adding: [String: String] = [:]
    ) throws -> (run: ToolRun, document: JSONValue) {
        let place = try space.makeFolder("tmp")
        let run = try space.tool(["doctor", "--json"] + words, adding: ["TMPDIR": place].merging(adding) { $1 })
        let document = try run.json()
        try check(document)
        #expect(run.errors.isEmpty, "\(run)")
        #expect(try Folder.names(place).isEmpty, "\(run)")
        return (run, document)
    }

    private func check(_ document: JSONValue) throws {
        let members = try #require(document.objectValue)
        #expect(document["schema"] == "sbxpipe.doctor/v1")
        #expect(Set(members.keys).subtracting(["proofs"]) == ["schema", "runtimes", "findings"])
        let findings = try #require(document["findings"]?.arrayValue)
        for finding in findings {
            let keys = Set(try #require(finding.objectValue).keys)
            #expect(keys.isSuperset(of: ["id", "severity", "cause"]), "\(finding)")
            #expect(keys.isSubset(of: ["id", "severity", "cause", "remedy", "runtime"]), "\(finding)")
            #expect(finding["id"]?.stringValue?.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(finding)")
            #expect(["error", "warning", "note"].contains(finding["severity"]?.stringValue), "\(finding)")
        }
        let ids = Set(findings.compactMap { $0["id"]?.stringValue })
        for runtime in try #require(document["runtimes"]?.arrayValue) {
            let keys = Set(try #require(runtime.objectValue).keys)
            #expect(keys.isSuperset(of: ["name", "works", "seconds", "findings"]), "\(runtime)")
            #expect(keys.isSubset(of: ["name", "works", "seconds", "findings", "version", "path", "platform"]))
            let named = Set((runtime["findings"]?.arrayValue ?? []).compactMap(\.stringValue))
            #expect(named.isSubset(of: ids), "\(runtime)")
            #expect(runtime["works"] == true || !named.isEmpty, "\(runtime)")
        }
    }

    private func runtime(_ name: String, _ document: JSONValue) throws -> JSONValue {
        try #require(document["runtimes"]?.arrayValue?.first { $0["name"]?.stringValue == name })
    }

    private func found(_ id: String, _ document: JSONValue) -> JSONValue? {
        document["findings"]?.arrayValue?.first { $0["id"]?.stringValue == id }
    }

    @Test(
        "it starts what is here, says what works, and leaves nothing",
        .needsBubblewrap,
        arguments: Requirements.users
    )
    func host(user: UInt32?) throws {
        let space = try Workspace("doctor", user: user)
        let path = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin"]
        // gVisor's platforms take seconds to find.
        let asked = user == nil ? [] : ["bwrap", "runc", "crun", "direct"]
        let (run, document) = try examine(asked, space, adding: path)
        #expect(run.code == 0, "\(run)")
        let names = document["runtimes"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
        #expect(names == (user == nil ? Self.all : asked))
        let bwrap = try runtime("bwrap", document)
        #expect(bwrap["works"] == true && bwrap["path"]?.stringValue?.hasSuffix("/bwrap") == true, "\(run)")
        for name in names ?? [] where !["bwrap", "direct"].contains(name) {
            let entry = try runtime(name, document)
            let isMissing = found("launcher-missing", document)?["runtime"]?.stringValue == name
            guard Requirements.has(name), !isMissing else { continue }
            // Where cgroups are hybrid, crun can't.
            let works = name != "crun" || HostSystem.fileSystemType("/sys/fs/cgroup") == 0x6367_7270
            #expect(entry["works"]?.boolValue == works, "\(run)")
            #expect(entry["version"] != nil && (name == "runsc") == (entry["platform"] != nil), "\(run)")
            if !works { #expect(entry["findings"] == ["control-missing", "cgroup-hybrid"], "\(run)") }
        }
        // No trace in the caller's own store and state either.
        #expect(try FileStatus.of(space.store) == nil)
        #expect(try FileStatus.of(space.home + "/.state") == nil)
    }

    @Test("where there is no launcher each is missing, with the package to install; direct counts only when named")
    func nothing() throws {
        let space = try Workspace("doctor")
        let path = ["PATH": "/nowhere"]
        let (run, document) = try examine([], space, adding: path)
        #expect(run.code == 1, "\(run)")
        for name in Self.all { #expect(try runtime(name, document)["works"]?.boolValue == (name == "direct")) }
        let missing = (document["findings"]?.arrayValue ?? []).filter { $0["id"] == "launcher-missing" }
        let bwrap = try #require(missing.first { $0["runtime"] == "bwrap" })
        #expect(bwrap["severity"] == "error" && bwrap["remedy"] == "install Debian's package bubblewrap")
        if Requirements.has("runc"), try FileStatus.of("/usr/sbin/runc", following: true) != nil {
            let finding = try #require(found("launcher-not-on-path", document))
            #expect(finding["runtime"] == "runc")
            #expect(finding["remedy"]?.stringValue?.contains("SBXPIPE_RUNC=/usr/sbin/runc") == true)
        }
        #expect(try examine(["bwrap", "runsc"], space, adding: path).run.code == 1)
        let (direct, alone) = try examine(["direct"], space, adding: path)
        #expect(direct.code == 0 && alone["findings"] == [], "\(direct)")
        #expect(try space.tool(["doctor", "direct", "bwrap"], adding: path).code == 0)
    }

    @Test("as text: a line a runtime, then what is wrong, in lines that fit a terminal")
    func text() throws {
        let space = try Workspace("doctor")
        let run = try space.tool(["doctor", "bwrap", "direct", "bwrap"], adding: ["PATH": "/nowhere"])
        let lines = run.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix(3) == ["bwrap   fails", "direct  there   no sandbox: the command is started as it is", ""]
        )
        #expect(
            run.text.contains(
                """
                error: launcher-missing (bwrap)
                  cause:  bwrap is not on PATH
                  remedy: install Debian's package bubblewrap

                """
            ),
            "\(run)"
        )
        #expect(lines.allSatisfy { $0.count <= 80 } && run.errors.isEmpty, "\(run)")
    }

    @Test("a runtime that there is not is wrong usage")
    func unknown() throws {
        let space = try Workspace("doctor")
        for name in ["auto", "podman", "", "bwrap\u{1B}"] {
            let run = try space.tool(["doctor", "bwrap", name])
            #expect(run.code == 64 && run.output.isEmpty && run.errorLines.count == 2, "\(run)")
            #expect(run.errors.allSatisfy { $0 >= 0x20 || $0 == 0x0A }, "\(run)")
        }
        let run = try space.tool(["doctor", "direct"], adding: ["TMPDIR": "/nowhere/at/all"])
        #expect(run.code == 2 && run.errorLines.last?.contains("TMPDIR") == true, "\(run)")
    }

    @Test("a launcher that misbehaves is named within the limit, with what it did", .needsCompiler)
    func misbehaving() throws {
        let space = try Workspace("doctor")
        let cases: [(name: String, asked: String, started: String, id: String, word: String)] = [
            ("crash", "", "_exit(139);", "launcher-failed", "139"),
            ("hang", "", "sleep(600);", "launcher-hung", "within 10 seconds"),
            ("imitate", "", "_exit(42);", "launcher-failed", "42"),
            ("flood", "for (;;) puts(\"bubblewrap 0.8.0\");", "", "launcher-flooded", "without end"),
            ("odd", "puts(\"\\033[31mbubble 1\"); return 0;", "", "launcher-failed", "no version"),
            ("mute", "sleep(600);", "", "launcher-hung", "did not answer --version"),
        ]
        for (name, asked, started, id, word) in cases {
            try space.makeFolder(name)
            let source = """
                #include <stdio.h>
                #include <unistd.h>
                int main(int argc, char **argv) {
                    if (argc == 2) { \(asked) puts("bubblewrap 0.8.0"); return 0; }
                    \(started)
                    return 0;
                }
                """
            try Compiler.build(source, to: space.folder("work/\(name)/bwrap"), flags: ["-Wno-all"])
            let path = space.folder("work/\(name)")
            let (run, document) = try examine(["bwrap"], space, adding: ["PATH": path + ":/usr/bin:/bin"])
            #expect(run.code == 1, "\(run)")
            let finding = try #require(found(id, document), "\(run)")
            #expect(finding["cause"]?.stringValue?.contains(word) == true && finding["runtime"] == "bwrap", "\(run)")
            #expect(try runtime("bwrap", document)["path"]?.stringValue == path + "/bwrap")
            let isLeft = try Program.run(["/usr/bin/pgrep", "-f", path + "/bwrap"], in: "/", environment: [:])
            #expect(isLeft.text.isEmpty, "\(name): \(isLeft)")
        }
    }

    @Test("what a killed doctor left is removed by the next", .needsBubblewrap, .needsCompiler)
    func leftover() throws {
        let space = try Workspace("doctor")
        let left = try space.folder.folder("work/tmp/sbxpipe-doctor-0123456789abcdef", mode: 0o700)
        try space.folder.write("", to: "work/tmp/sbxpipe-doctor-0123456789abcdef/lock", mode: 0o600)
        try space.folder.folder("work/tmp/sbxpipe-doctor-kept")
        let run = try space.tool(["doctor", "direct"], adding: ["TMPDIR": space.folder("work/tmp")])
        #expect(run.code == 0, "\(run)")
        #expect(try FileStatus.of(left) == nil)
        // Without a lock it is none of the doctor's.
        #expect(try FileStatus.of(space.folder("work/tmp/sbxpipe-doctor-kept")) != nil)
    }

    @Test(
        "--prove: no probe succeeds, and each is said with its controls",
        .needsBubblewrap,
        arguments: Requirements.users
    )
    func prove(user: UInt32?) throws {
        let space = try Workspace("doctor", user: user)
        let runtimes = ["bwrap"] + (Requirements.has("runc") ? ["runc"] : [])
        let path = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin"]
        let (run, document) = try examine(["--prove"] + runtimes, space, adding: path)
        #expect(run.code == 0, "\(run)")
        let proofs = try #require(document["proofs"]?.arrayValue)
        #expect(
            proofs.map { [$0["runtime"], $0["preset"]] }
                == runtimes.flatMap { [[.string($0), "baseline"], [.string($0), "restricted"]] }
        )
        for proof in proofs {
            let probes = proof["probes"]?.arrayValue ?? []
            #expect(proof["refusal"] == nil && probes.count >= 30, "\(run)")
            for probe in probes {
                #expect(["denied", "skipped"].contains(probe["outcome"]?.stringValue), "\(probe)")
                #expect(probe["controls"]?.arrayValue?.isEmpty == false, "\(probe)")
            }
        }
        let ids = Set((document["findings"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue })
        #expect(ids.allSatisfy { !$0.hasPrefix("pro") }, "\(run)")
    }
}
