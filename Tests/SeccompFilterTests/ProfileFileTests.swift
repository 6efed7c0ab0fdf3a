import HostFiles
import SeccompFilter
import TestSupport
import Testing

@Suite("A seccomp profile's file", .tags(.medium))
struct ProfileFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("seccomp") }

    private func refusal(_ path: String) -> String {
        let error = #expect(throws: SeccompError.self) { try SeccompProfile.read(path) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("\(path): "), "\(text)")
        #expect(!text.contains("\n"))
        return text
    }

    private func run(_ arguments: String...) throws {
        let run = try Program.run(arguments, in: folder.path, environment: ["PATH": "/usr/bin:/bin"])
        try #require(run.code == 0, "\(run)")
    }

    @Test("a file, and a symlink to one, is read")
    func file() throws {
        let path = try folder.write(#"{"defaultAction": "SCMP_ACT_ALLOW"}"#, to: "profile.json")
        #expect(try SeccompProfile.read(path) == SeccompProfile(defaultAction: .allow, rules: []))
        try run("/bin/ln", "-s", "profile.json", "link.json")
        #expect(try SeccompProfile.read(folder("link.json")).defaultAction == .allow)
    }

    @Test("what is no file is refused at once: missing, folder, FIFO, device, socket's kind, a gigabyte of nothing")
    func noFile() throws {
        #expect(refusal(folder("missing")).hasSuffix("no such file or directory"))
        #expect(refusal(folder.path).contains("is a folder, not a file"))
        try run("/usr/bin/mkfifo", "fifo")
        #expect(refusal(folder("fifo")).contains("is a fifo, not a file"))
        #expect(refusal("/dev/zero").contains("not a file"))
        try run("/usr/bin/truncate", "-s", "1G", "sparse")
        #expect(refusal(folder("sparse")).contains("has 1073741824 bytes, at most 1048576 are read"))
    }

    @Test(
        "what is no JSON is refused with line and column",
        arguments: [
            ("", "line 1, column 1"), ("{", "line 1"), ("hello", "line 1, column 1"),
            ("{\"defaultAction\": \"SCMP_ACT_ALLOW\",\n\"defaultAction\": \"SCMP_ACT_LOG\"}", "line 2, column 1"),
            ("{\"defaultAction\": \"SCMP_ACT_ALLOW\"} // a comment", "line 1, column 37"),
            ("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [18446744073709551615]}", "line 1, column 50"),
        ]
    )
    func noJSON(text: String, place: String) throws {
        let path = try folder.write(text, to: "bad.json")
        #expect(refusal(path).contains(place), "\(refusal(path))")
    }

    @Test("an error of the profile names the file and the place in it")
    func wrongProfile() throws {
        let text = #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["foo"], "action": "SCMP_ACT_LOG"}]}"#
        let path = try folder.write(text, to: "bad.json")
        #expect(refusal(path).hasPrefix(#"\#(path): syscalls[0].names[0]: there is no system call "foo""#))
    }
}
