import JSONText
import SandboxSpec
import Testing

@Suite struct TextTests {
    @Test(
        "a size is digits and a power of 1024",
        arguments: [
            ("0", 0), ("512", 512), ("512M", 512 << 20), ("1.5G", 3 << 29), ("1.0001K", 1024), ("2t", 2 << 40),
            ("0.5k", 512), ("8388607T", 8_388_607 << 40), ("0.000000001G", 1),
        ] as [(String, Int64)]
    )
    func size(_ text: String, _ bytes: Int64) {
        #expect(ByteSize(text)?.bytes == bytes)
        #expect(ByteSize(text)?.json == .string(text))
    }

    @Test(
        "what is no size is refused",
        arguments: [
            "", "M", "-1", "1.5", "1,5G", "1e3", "0x10", ".5G", "1.G", "1.5.5G", "5GB", " 1", "1 G", "+1", "٣",
            "8388608T", "9223372036854775808", "1.0000000001G",
        ]
    )
    func noSize(_ text: String) {
        #expect(ByteSize(text) == nil)
    }

    @Test("a size may be an integer, which stays one")
    func sizeNumber() {
        #expect(ByteSize(JSONValue.integer(7))?.bytes == 7)
        #expect(ByteSize(JSONValue.integer(7))?.json == 7)
        #expect(ByteSize(JSONValue.integer(-7)) == nil)
        #expect(ByteSize(JSONValue.number(7)) == nil)
    }

    @Test(
        "a time is a number and a unit",
        arguments: [("500ms", 500), ("30s", 30_000), ("2m", 120_000), ("1h", 3_600_000), ("1.5s", 1500), ("0s", 0)]
            as [(String, Int64)]
    )
    func time(_ text: String, _ milliseconds: Int64) {
        #expect(TimeSpan(text)?.milliseconds == milliseconds)
        #expect(TimeSpan(text)?.nanoseconds == milliseconds * 1_000_000)
    }

    @Test(
        "what is no time is refused",
        arguments: ["", "5", "s", "5d", "5 s", "-5s", "5S", "1m30s", "9999999999h", "1e3s"]
    )
    func noTime(_ text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test("permission bits are octal")
    func mode() {
        #expect(FileMode("0644")?.bits == 0o644)
        #expect(FileMode("1777")?.bits == 0o1777)
        for bad in ["", "64", "00644", "0o644", "+644", "888"] { #expect(FileMode(bad) == nil) }
    }

    @Test("all 41 capabilities are known, in either case, with and without CAP_")
    func capabilities() throws {
        #expect(Capability.all.count == 41)
        #expect(Capability.all.last?.name == "CAP_CHECKPOINT_RESTORE")
        #expect(Capability("net_bind_service") == .netBindService)
        #expect(Capability("cap_kill") == .kill)
        #expect(Capability("Cap_SetPCap") == .setpcap)
        #expect(Capability("SYS_ADMIN")?.number == 21)
        #expect(Capability("BPF")?.number == 39)
        for bad in ["", "CAP_", "CAP_CAP_KILL", "KILLS", "ALL", "kıll"] { #expect(Capability(bad) == nil) }
        for capability in Capability.all { #expect(Capability(capability.name) == capability) }
    }

    @Test("capabilities are written with CAP_, sorted and once")
    func capabilityForm() throws {
        let rules = try spec(
            #""security": {"capabilities": {"drop": ["setuid", "ALL"], "add": ["NET_RAW", "kill", "CAP_KILL"]}}"#
        )
        .json["security"]?["capabilities"]
        #expect(rules == ["drop": ["ALL", "CAP_SETUID"], "add": ["CAP_KILL", "CAP_NET_RAW"]])
    }

    @Test(
        "a file's name becomes a valid name",
        arguments: [
            ("sandbox.json", "sandbox"), ("/a/b/my job.sbx", "my_job"), ("a.tar.gz", "a.tar"), ("last.json", "_last"),
            ("deadbeef.json", "_deadbeef"), ("1.json", "_1"), (".json", "_.json"), ("", "_"), ("é.json", "_"),
            ("beef.json", "beef"), ("dir/", "dir"), ("0123456789abcdef0.json", "_0123456789abcdef0"),
        ]
    )
    func name(_ file: String, _ name: String) {
        #expect(SpecName.derived(fromFile: file) == name)
        #expect(SpecName.isValid(name))
    }

    @Test("a command's name keeps its dots, and a long one is cut")
    func commandName() {
        #expect(SpecName.derived(fromCommand: "/usr/bin/python3.11") == "python3.11")
        #expect(SpecName.derived(fromCommand: "[") == "_")
        #expect(SpecName.isValid(SpecName.derived(fromCommand: String(repeating: "ü", count: 300))))
        #expect(SpecName.isValid(SpecName.derived(fromCommand: String(repeating: "0", count: 300))))
    }

    @Test("paths inside are normalised and stand below the home where they say so")
    func insidePaths() {
        #expect(InsidePath.normalised("//a/./b//") == "/a/b")
        #expect(InsidePath.normalised("/") == "/")
        #expect(InsidePath.normalised("/.//.") == "/")
        #expect(InsidePath.normalised("/a/..b/.c./d.") == "/a/..b/.c./d.")
        #expect(InsidePath.normalised("./a/.") == "a")
        #expect(InsidePath.normalised("") == "")
        #expect(InsidePath.normalised("~/") == "~")
        #expect(InsidePath.expanding("~/x/", home: "/home/u") == "/home/u/x")
        #expect(InsidePath.expanding("~", home: "/") == "/")
        #expect(InsidePath.expanding("/~/x", home: "/home/u") == "/~/x")
        #expect(InsidePath.isAbsolute("/a..b/..c"))
        #expect(InsidePath.isAbsolute("/.../a./.b"))
        for bad in [
            "", "a", "~/a", "/..", "/../a", "/a/../b", "//..", "/a\u{0}", "/" + String(repeating: "a", count: 4095),
        ] {
            #expect(!InsidePath.isAbsolute(bad))
        }
    }
}
