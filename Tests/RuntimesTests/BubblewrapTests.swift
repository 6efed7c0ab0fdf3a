import HostFiles
import PipelineContracts
import Runtimes
import TestSupport
import Testing

@Suite("bubblewrap's command line", .tags(.small))
struct BubblewrapCommandTests {
    private let command = BubblewrapCommand(
        launcher: "/usr/bin/bwrap",
        binding: baselineBinding(),
        tree: SandboxTree([
            .bind("/usr", at: "/usr"), .bind("/p", at: "/p", writable: true),
            .make(.symlink(target: "usr/bin"), at: "/bin"),
            .make(.proc, at: "/proc"), .make(.devices, at: "/dev"), .make(.emptyFolder, at: "/p/.git"),
            .make(.emptyFile, at: "/p/key"), .make(.folder, at: "/tmp/work"),
            .make(.tmpfs(size: 4096, permissions: "1777"), at: "/tmp"),
            .make(.text("hi", permissions: "0600"), at: "/t"),
            .make(.bind(source: "/dev/fuse", writable: true, devices: true), at: "/dev/fuse"),
            .tmpfs("/p/.git/deep"),
        ]),
        command: ["--version", "a b"],
        environment: RenderedEnvironment(variables: [
            .init(name: "B", value: "=x", origin: .set), .init(name: "A", value: "", origin: .inherited),
            .init(name: "PWD", value: "/", origin: .workdir),
        ])
    )

    @Test("mounts by depth, then what closes them, then the working folder, then the command after --")
    func arguments() {
        #expect(
            command.arguments == [
                "/usr/bin/bwrap", "--unshare-pid",
                "--symlink", "usr/bin", "/bin", "--dev", "/dev", "--bind", "/p", "/p", "--proc", "/proc",
                "--perms", "1777", "--size", "4096", "--tmpfs", "/tmp", "--ro-bind", "/usr", "/usr",
                "--dev-bind", "/dev/fuse", "/dev/fuse", "--tmpfs", "/p/.git", "--ro-bind", "/dev/null", "/p/key",
                "--dir", "/tmp/work", "--perms", "0755", "--tmpfs", "/p/.git/deep",
                "--remount-ro", "/p/.git", "--remount-ro", "/", "--chdir", "/", "--", "--version", "a b",
            ]
        )
    }

    @Test("what goes by descriptor is read ahead of what closes the mounts")
    func extraPosition() throws {
        let list = command.arguments(extraFrom: 4)
        let place = try #require(list.firstIndex(of: "--args"))
        #expect(list[place + 1] == "4")
        #expect(list[place + 2] == "--remount-ro")
        #expect(list.firstIndex(of: "--remount-ro") == place + 2)
        #expect(Array(list[..<place] + list[(place + 2)...]) == command.arguments)
    }

    @Test("environment and texts go by descriptor alone; PWD is the launcher's")
    func extra() {
        #expect(
            command.extraArguments(textDescriptors: [8]) == [
                "--clearenv", "--setenv", "A", "", "--setenv", "B", "=x",
                "--perms", "0600", "--ro-bind-data", "8", "/t", "--add-seccomp-fd", "5",
                "--add-seccomp-fd", "7", "--json-status-fd", "3",
            ]
        )
        #expect(command.texts.map(\.content) == [.text("hi")])
        #expect(!command.arguments.contains("=x"))
    }

    @Test("the count that is held against bubblewrap's limit is not below the real one")
    func count() {
        let real =
            command.arguments(extraFrom: 4).count
            + command.extraArguments(textDescriptors: [8]).count
        #expect(command.argumentCount >= real)
        #expect(command.argumentCount <= real + 5)
    }

    @Test("with the host itself as root nothing is made read-only")
    func hostRoot() {
        let command = BubblewrapCommand(
            launcher: "bwrap",
            binding: baselineBinding(),
            tree: SandboxTree([.make(.bind(source: "/", writable: true, devices: true), at: "/")]),
            command: ["true"],
            environment: RenderedEnvironment(variables: [])
        )
        #expect(command.arguments == ["bwrap", "--unshare-pid", "--dev-bind", "/", "/", "--chdir", "/", "--", "true"])
    }
}

@Suite("What bubblewrap reports", .tags(.small))
struct BubblewrapReportTests {
    private let lines = Array("{ \"child-pid\": 4242, \"mnt-namespace\": 4026531840 }\n{ \"exit-code\": 7 }".utf8)

    private func status(_ pieces: [ArraySlice<UInt8>]) -> BubblewrapStatus {
        var status = BubblewrapStatus()
        for piece in pieces { Array(piece).withUnsafeBytes { status.append($0) } }
        return status
    }

    @Test("the status is the same wherever it is cut")
    func cuts() {
        for cut in 0...lines.count {
            let found = status([lines[..<cut], lines[cut...]])
            #expect(found.child == 4242, "cut at \(cut)")
            #expect(found.exitCode == 7, "cut at \(cut)")
        }
        let found = status(lines.indices.map { lines[$0...$0] })
        #expect(found.child == 4242 && found.exitCode == 7)
    }

    @Test("without the last line there is no exit code, and garbage gives nothing")
    func partial() {
        #expect(status([lines[..<52]]).exitCode == nil)
        #expect(status([lines[..<52]]).child == 4242)
        #expect(status([Array("}}{\"exit-code\": \"7\"}{\"exit-code\": 99999999999}".utf8)[...]]).exitCode == nil)
        #expect(status([Array("nonsense } {\"exit-code\": 3}".utf8)[...]]).exitCode == 3)
    }

    @Test(
        "messages and the exit codes that they stand for",
        arguments: [
            ("bwrap: execvp foo: No such file or directory", 127), ("bwrap: execvp /x: Permission denied", 126),
            ("bwrap: execvp /x: Exec format error", 126), ("bwrap: Can't mkdir /x: Read-only file system", 125),
            ("bwrap: Can't find source path /x: No such file or directory", 125), ("", 125),
            ("bwrap: execvp a: no such file or directory", 127),
        ]
    )
    func exitCodes(message: String, code: Int32) { #expect(BubblewrapMessage.exitCode(for: message) == code) }

    @Test("a message is one printable line without the program's name")
    func text() {
        #expect(BubblewrapMessage.text(Array("bwrap: one\nbwrap: two\n\u{1B}x\n".utf8)) == "one; two; \\u{1B}x")
        #expect(BubblewrapMessage.text([]).isEmpty)
    }

    @Test("a hint where the remedy is known")
    func hints() {
        #expect(BubblewrapMessage.hint(for: "setting up uid map: Permission denied")?.contains("userns") == true)
        #expect(BubblewrapMessage.hint(for: "Can't mount proc on /newroot/proc")?.contains("pid") == true)
        #expect(BubblewrapMessage.hint(for: "other") == nil)
    }
}
