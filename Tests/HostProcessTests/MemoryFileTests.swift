import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("A file in memory", .tags(.medium))
struct MemoryFileTests {
    @Test("it is read from its start, and nobody can change it", arguments: [0, 5, 200_000])
    func sealed(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let descriptor = try memoryFile(named: "test", bytes: bytes)
        defer { close(descriptor) }
        #expect(readAll(descriptor) == bytes)
        #expect(write(descriptor, "x", 1) == -1)
        #expect(ftruncate(descriptor, 1) == -1)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("both ends of a pipe are close-on-exec")
    func pipeEnds() throws {
        let pipe = try makePipe()
        for end in [pipe.read, pipe.write] {
            #expect(fcntl(end, F_GETFD) & FD_CLOEXEC != 0)
            close(end)
        }
    }
}
