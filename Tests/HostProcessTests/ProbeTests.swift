import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("A probe", .tags(.medium))
struct ProbeTests {
    private func probe(_ script: String, _ limits: ProbeLimits = ProbeLimits()) throws -> ProbeEnd {
        let shell = OpenExecutable("/bin/sh")
        return try runProbe(executable: shell.descriptor, arguments: ["sh", "-c", script], limits: limits)
    }

    @Test("stdout and stderr come back in the order written, with the exit status")
    func answers() throws {
        guard case .ended(let end, let output, let truncated) = try probe("echo a; echo b >&2; echo c; cat; exit 3")
        else {
            Issue.record("it did not end by itself")
            return
        }
        #expect(end.status == .exited(3))
        #expect(output == Array("a\nb\nc\n".utf8))
        #expect(!truncated)
    }

    @Test("its environment is the given one")
    func environment() throws {
        guard case .ended(_, let output, _) = try probe("tr '\\0' '\\n' </proc/$$/environ") else {
            Issue.record("it did not end by itself")
            return
        }
        #expect(output == Array("LC_ALL=C\nPATH=/usr/bin:/bin\n".utf8))
    }

    @Test("one that hangs, whatever it ignores, is killed at the limit with all that it started")
    func hangs() throws {
        let started = ContinuousClock.now
        let limits = ProbeLimits(time: .milliseconds(150))
        #expect(try probe("trap '' TERM INT HUP; sleep 60 & sleep 60", limits) == .timedOut)
        #expect(ContinuousClock.now - started < .seconds(5))
    }

    @Test("one that floods is killed")
    func floods() throws {
        #expect(try probe("exec yes") == .flooded)
    }

    @Test("one that says more than is kept is cut, and still ends")
    func truncated() throws {
        let limits = ProbeLimits(keptBytes: 10)
        guard case .ended(_, let output, let truncated) = try probe("echo 0123456789abc", limits) else {
            Issue.record("it did not end by itself")
            return
        }
        #expect(output == Array("0123456789".utf8))
        #expect(truncated)
    }

    @Test("one that leaves a process with its pipe does not hold us up")
    func leftOver() throws {
        let started = ContinuousClock.now
        guard case .ended(_, let output, _) = try probe("sleep 60 & echo done") else {
            Issue.record("it did not end by itself")
            return
        }
        #expect(output == Array("done\n".utf8))
        #expect(ContinuousClock.now - started < .seconds(5))
    }
}
