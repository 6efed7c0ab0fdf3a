#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a probe ended.
package enum ProbeEnd: Sendable, Hashable {
    /// It ended by itself; `truncated` when it wrote more than was kept.
    case ended(ChildEnd, output: [UInt8], truncated: Bool)
    /// It was killed at the time limit.
    case timedOut
    /// It was killed for writing without end.
    case flooded
}

/// What of a probe is allowed.
package struct ProbeLimits: Sendable {
    package var time: Duration
    /// Bytes kept of stdout and stderr together.
    package var keptBytes: Int
    /// Bytes after which it is killed.
    package var floodBytes: Int

    package init(time: Duration = .seconds(5), keptBytes: Int = 64 * 1024, floodBytes: Int = 1024 * 1024) {
        self.time = time
        self.keptBytes = keptBytes
        self.floodBytes = floodBytes
    }
}

/// Runs a program that answers a question about itself, as `bwrap --version` does, and returns its stdout and stderr in
/// the order written.
///
/// It has `/dev/null` as stdin, a session of its own, and no more environment than is given. At its end, or at a limit,
/// all of its process group is killed; what left that group is for ``Subreaper/endAll(except:within:)``, or for a waiter
/// (``SpawnRequest/underWaiter``). Returns within the time limit and two seconds.
///
/// - Throws: ``ProcessError`` as ``spawn(_:)`` does.
package func runProbe(
    executable: Int32,
    arguments: [String],
    environment: [String] = ["LC_ALL=C", "PATH=/usr/bin:/bin"],
    limits: ProbeLimits = ProbeLimits(),
    underWaiter: Bool = false
) throws(ProcessError) -> ProbeEnd {
    let pipe = try makePipe()
    var writeEnd: Int32? = pipe.write
    defer { if let writeEnd { _ = closeDescriptor(writeEnd) } }
    let loop = EventLoop()
    defer { loop.close() }
    var output: [UInt8] = []
    var total = 0
    var end: ChildEnd?
    var limit: ProbeEnd?
    var reachLimit: (ProbeEnd) -> Void = { limit = $0 }
    try unsafe loop.addStream(
        pipe.read,
        onBytes: { chunk in
            total += chunk.count
            unsafe output.append(contentsOf: chunk.prefix(limits.keptBytes - output.count))
            if total > limits.floodBytes, limit == nil { reachLimit(.flooded) }
        }
    )
    let child = try spawn(
        SpawnRequest(
            executable: executable,
            arguments: arguments,
            environment: environment,
            descriptors: [.null(child: 0), .init(child: 1, parent: pipe.write), .init(child: 2, parent: pipe.write)],
            newSession: true,
            killOnParentDeath: true,
            underWaiter: underWaiter
        )
    )
    let probe = RunningProbe(child)
    _ = closeDescriptor(pipe.write)
    writeEnd = nil
    do {
        try loop.watch(probe.child, group: .kill) { end = $0 }
    } catch {
        try probe.child.send(signal: SIGKILL)
        _ = try probe.child.wait(within: .seconds(1))
        throw error
    }
    reachLimit = { reached in
        limit = reached
        _ = try? probe.child.sendToGroup(signal: SIGKILL)
        // A process that even KILL does not end at once is left behind.
        loop.addTimer(after: .seconds(1)) { loop.stop() }
    }
    loop.addTimer(after: limits.time) { if limit == nil { reachLimit(.timedOut) } }
    _ = try loop.run(drainLimit: .milliseconds(200))
    if let limit { return limit }
    guard let end else { return .timedOut }
    return .ended(end, output: output, truncated: total > output.count)
}

/// A probe for handlers, which can't hold a value that is not copied.
private final class RunningProbe {
    let child: ChildProcess

    init(_ child: consuming ChildProcess) { self.child = child }
}
