import HostFiles
import TestSupport
import Testing

@testable import Runtimes

@Suite("The header of a program", .tags(.small))
struct ELFHeaderTests {
    private func header(machine: UInt16, order: UInt8 = 1, bits: UInt8 = 2) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 256)
        bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, bits, order])
        let low = UInt8(machine & 0xFF)
        let high = UInt8(machine >> 8)
        bytes[18] = order == 1 ? low : high
        bytes[19] = order == 1 ? high : low
        return bytes
    }

    @Test("what is no whole header is none")
    func whole() {
        #expect(ELFHeader([]) == nil)
        #expect(ELFHeader(Array(header(machine: 62).prefix(63))) == nil)
        #expect(ELFHeader(Array(repeating: 0, count: 64)) == nil)
        #expect(ELFHeader(header(machine: 62)) != nil)
    }

    @Test("the machine is this one, by number and byte order")
    func machine() {
        let mine: UInt16 = HostSystem.kernel().machine == "x86_64" ? 62 : 183
        #expect(ELFHeader(header(machine: mine))?.isForThisMachine == true)
        #expect(ELFHeader(header(machine: mine, order: 2))?.isForThisMachine == false)
        #expect(ELFHeader(header(machine: 22))?.isForThisMachine == false)
    }

    @Test("the loader is read from its program header, and no offset leads out of the bytes")
    func interpreter() {
        var bytes = header(machine: 62)
        bytes[32] = 64
        bytes[54] = 56
        bytes[56] = 1
        bytes[64] = 3
        bytes[64 + 8] = 200
        bytes[64 + 32] = 9
        bytes.replaceSubrange(200..<209, with: Array("/lib/ld.".utf8) + [0])
        #expect(ELFHeader(bytes)?.interpreter(in: bytes) == "/lib/ld.")
        for offset in [32, 39, 54, 55, 57, 72, 79, 96, 103] {
            var damaged = bytes
            damaged[offset] = 0xFF
            let found = ELFHeader(damaged)?.interpreter(in: damaged)
            #expect(found != "/lib/ld." || [54, 55, 57].contains(offset))
        }
        bytes[64] = 1
        #expect(ELFHeader(bytes)?.interpreter(in: bytes) == nil)
    }

    @Test("this machine's own programs name a loader that is there", .tags(.medium))
    func real() throws {
        let file = try OwnedDescriptor.open("/bin/sh", [.read])
        let head = try FileContent.read(descriptor: file.number, at: 0, count: 4096)
        let program = try #require(ELFHeader(head))
        #expect(program.isForThisMachine)
        if let loader = program.interpreter(in: head) { #expect(try AbsolutePath.real(loader) != nil) }
    }
}

@Suite("Finding a launcher", .tags(.medium))
struct LauncherSearchTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("launcher")
        try folder.shell("mkdir bin other; cp /bin/true bin/bwrap; chmod 755 bin other bin/bwrap")
    }

    private func find(_ environment: [String: String]) -> (path: String?, problem: String?) {
        do throws(LauncherProblem) {
            let found = try LauncherSearch.find("bwrap", environment: environment, identity: HostIdentity.current())
            return (found.path, nil)
        } catch {
            return (nil, error.message)
        }
    }

    @Test("the first one on the absolute entries of PATH is taken, symlinks resolved")
    func onPath() throws {
        #expect(find(["PATH": "/none:\(folder("bin"))"]).path == folder("bin/bwrap"))
        try Folder.link(folder("other/bwrap"), to: "../bin/bwrap")
        #expect(find(["PATH": folder("other")]).path == folder("bin/bwrap"))
        #expect(find(["PATH": "\(folder("bin"))/../bin//"]).path == folder("bin/bwrap"))
    }

    @Test("relative and empty entries are never looked at")
    func relative() {
        #expect(find(["PATH": "bin:.::"]).problem == "bwrap is not on PATH")
        #expect(find([:]).problem == "bwrap is not on PATH")
    }

    @Test("its variable names it, and must be an absolute path of a file")
    func variable() {
        #expect(LauncherSearch.variable("bwrap") == "SBXPIPE_BWRAP")
        #expect(find(["SBXPIPE_BWRAP": folder("bin/bwrap"), "PATH": "/usr/bin"]).path == folder("bin/bwrap"))
        #expect(find(["SBXPIPE_BWRAP": "bin/bwrap"]).problem?.contains("not an absolute path") == true)
        #expect(find(["SBXPIPE_BWRAP": folder("none")]).problem?.contains("no such file") == true)
        #expect(find(["SBXPIPE_BWRAP": "", "PATH": folder("bin")]).path == folder("bin/bwrap"))
    }

    @Test("each launcher has its own variable, package and hint", arguments: ["runc", "crun", "runsc"])
    func others(name: String) throws {
        try folder.shell("cp bin/bwrap bin/\(name); mkdir -m 777 open; cp bin/bwrap open/\(name)")
        func find(_ environment: [String: String]) throws(LauncherProblem) -> String {
            try LauncherSearch.find(name, environment: environment, identity: HostIdentity.current()).path
        }
        let variable = "SBXPIPE_\(name.uppercased())"
        #expect(try find([variable: folder("bin/\(name)"), "PATH": "/usr/bin"]) == folder("bin/\(name)"))
        #expect(try find(["SBXPIPE_BWRAP": folder("none"), "PATH": folder("bin")]) == folder("bin/\(name)"))
        let relative = #expect(throws: LauncherProblem.self) { try find([variable: name, "PATH": folder("bin")]) }
        #expect(relative?.message == "\(variable) is not an absolute path: \(name)")
        let missing = #expect(throws: LauncherProblem.self) { try find(["PATH": folder("other")]) }
        #expect(missing?.message == "\(name) is not on PATH" && missing?.isMissing == true)
        // Debian's runc lies in /usr/sbin, where no PATH of this test leads.
        let hints = [
            "install Debian's package \(name)",
            "there is /usr/sbin/\(name): say SBXPIPE_\(name.uppercased())=/usr/sbin/\(name)",
        ]
        #expect(hints.contains(missing?.hint ?? ""))
        let open = #expect(throws: LauncherProblem.self) { try find(["PATH": folder("open")]) }
        #expect(open?.hint?.hasSuffix("name another with \(variable)") == true)
    }

    @Test(
        "one that is a script is refused, one that may not be executed is passed over",
        arguments: [
            ("printf '#!/bin/sh\\n' > bin/bwrap", "not an ELF program"), (": > bin/bwrap", "not an ELF program"),
            ("chmod 644 bin/bwrap", "not on PATH"), ("rm bin/bwrap; mkdir bin/bwrap", "not on PATH"),
            ("rm bin/bwrap; mkfifo -m 755 bin/bwrap", "not on PATH"),
            ("rm bin/bwrap; ln -s bwrap bin/bwrap", "not on PATH"),
        ]
    )
    func unusable(command: String, message: String) throws {
        try folder.shell(command)
        #expect(find(["PATH": folder("bin")]).problem?.contains(message) == true)
    }

    @Test(
        "one that others may write, or exchange by a folder above it, is refused and not passed over",
        arguments: [
            ("chmod 775 bin/bwrap", "bin/bwrap"), ("chmod 757 bin/bwrap", "bin/bwrap"), ("chmod 777 bin", "bin"),
            ("chmod 777 .", ""), ("cp -r bin sub; chmod 777 sub; mv bin gone; ln -s sub bin", ""),
        ]
    )
    func writableByOthers(command: String, culprit: String) throws {
        try folder.shell(command)
        let found = find(["PATH": "\(folder("bin")):/usr/bin"])
        #expect(found.path == nil)
        #expect(found.problem?.contains("others may write to \(folder.path)") == true, "\(found)")
        if !culprit.isEmpty { #expect(found.problem?.hasSuffix(folder(culprit)) == true) }
    }

    @Test("one of another user's is refused", .enabled(if: Requirements.isRoot, "chown needs root"))
    func othersFile() throws {
        try folder.shell("chown 4321 bin/bwrap")
        #expect(find(["PATH": folder("bin")]).problem?.contains("others may write") == true)
    }

    @Test("a symlink in a folder that others may write is refused")
    func symlinkInOpenFolder() throws {
        try folder.shell("mkdir open; ln -s ../bin/bwrap open/bwrap; chmod 777 open; ln -s ../open/bwrap other/bwrap")
        #expect(find(["PATH": folder("open")]).problem?.contains("others may write") == true)
        #expect(find(["PATH": folder("other")]).problem?.hasSuffix("others may write to \(folder("open"))") == true)
    }

    @Test("each link of a chain is walked, absolute, relative or to a folder, and a chain of fine ones is followed")
    func chain() throws {
        try folder.shell(
            "mkdir deep; ln -s ../bin deep/folder; ln -s \(folder("deep"))/folder/../bin/bwrap other/second"
        )
        try folder.shell("ln -s second other/bwrap; ln -s ./.././other/bwrap deep/bwrap")
        #expect(find(["PATH": folder("deep")]).path == folder("bin/bwrap"))
        try folder.shell(
            "chmod 777 deep; ln -s ../deep/folder/bwrap bin/first; mkdir last; ln -s ../bin/first last/bwrap"
        )
        let found = find(["PATH": folder("last")])
        #expect(found.problem?.hasSuffix("others may write to \(folder("deep"))") == true, "\(found)")
    }

    @Test(
        "a symlink of another user's is refused, also in a sticky folder of root's",
        .enabled(if: Requirements.isRoot, "chown needs root")
    )
    func othersLink() throws {
        try folder.shell("mkdir -m 1777 sticky; ln -s ../bin/bwrap sticky/bwrap")
        #expect(find(["PATH": folder("sticky")]).path == folder("bin/bwrap"))
        try folder.shell("chown -h 4321 sticky/bwrap")
        #expect(find(["PATH": folder("sticky")]).problem?.hasSuffix("sticky/bwrap") == true)
    }

    @Test("a fingerprint changes with the file")
    func fingerprint() throws {
        let first = FoundLauncher.fingerprint(try #require(try FileStatus.of(folder("bin/bwrap"))))
        #expect(FoundLauncher.fingerprint(try #require(try FileStatus.of(folder("bin/bwrap")))) == first)
        try folder.shell("cp -p bin/bwrap x; touch -r bin/bwrap x; mv x bin/bwrap")
        #expect(FoundLauncher.fingerprint(try #require(try FileStatus.of(folder("bin/bwrap")))) != first)
    }
}
