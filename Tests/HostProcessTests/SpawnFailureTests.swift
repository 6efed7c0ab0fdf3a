import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("An executable that can't be run", .tags(.medium))
struct SpawnFailureTests {
    /// Makes a file, starts it, and returns why that failed.
    private func failure(of content: String, mode: mode_t = 0o755) throws -> ProcessError? {
        var path = Array("/tmp/sbxpipe-spawn.XXXXXX".utf8CString)
        let made = mkstemp(&path)
        #expect(write(made, content, content.utf8.count) == content.utf8.count)
        fchmod(made, mode)
        close(made)
        let executable = open(path, O_RDONLY | O_CLOEXEC)
        unlink(path)
        defer { close(executable) }
        return #expect(throws: ProcessError.self) {
            _ = try spawn(SpawnRequest(executable: executable, arguments: ["file"]))
        }
    }

    @Test("text without an interpreter is refused with ENOEXEC")
    func noFormat() throws {
        let error = try failure(of: "neither this nor that")
        #expect(error?.code == .executionFailed)
        #expect(error?.systemError == ENOEXEC)
        #expect(error?.description.contains("execute file") == true)
    }

    @Test("a file without permission is refused with EACCES")
    func noPermission() throws {
        #expect(try failure(of: "x", mode: 0o644)?.systemError == EACCES)
    }

    @Test("a script is refused with ENOENT, as its interpreter could not open it")
    func script() throws {
        let error = try failure(of: "#!/bin/sh\ntrue\n")
        #expect(error?.code == .executionFailed)
        #expect(error?.systemError == ENOENT)
    }

    @Test("an argument over the kernel's limit is refused with E2BIG")
    func argumentTooLong() throws {
        let error = #expect(throws: ProcessError.self) {
            _ = try runScript("true") { $0.arguments.append(String(repeating: "x", count: 131_072)) }
        }
        #expect(error?.systemError == E2BIG)
        _ = try runScript("true") { $0.arguments.append(String(repeating: "x", count: 131_071)) }
    }

    @Test("a working folder that is not there is named")
    func noFolder() {
        let error = #expect(throws: ProcessError.self) {
            _ = try runScript("true") { $0.workingDirectory = "/nowhere/at/all" }
        }
        #expect(error?.code == .startFailed)
        #expect(error?.description == "chdir /nowhere/at/all: no such file or directory")
    }

    @Test("a descriptor that is not open is refused")
    func badDescriptor() {
        let error = #expect(throws: ProcessError.self) {
            _ = try runScript("true") { $0.descriptors.append(.init(child: 5, parent: 9999)) }
        }
        #expect(error?.operation == "map descriptors")
        #expect(error?.systemError == EBADF)
    }
}
