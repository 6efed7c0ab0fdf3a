import HostProcess
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Tag {
    /// Uses files, pipes and processes.
    @Tag static var medium: Self
    /// Uses launchers.
    @Tag static var large: Self
}

/// An executable held open for a test; closed at its end.
struct OpenExecutable: ~Copyable {
    let descriptor: Int32

    init(_ path: String) { descriptor = open(path, O_RDONLY | O_CLOEXEC) }

    deinit { close(descriptor) }
}

/// How a shell script ended, and what it wrote.
struct ScriptResult {
    let end: ChildEnd
    let output: String
    let outcome: LoopOutcome

    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs a script by `sh` to its end, with stdout and stderr in one pipe.
func runScript(
    _ script: String,
    environment: [String] = ["PATH=/usr/bin:/bin"],
    group: GroupEnd = .leave,
    drainLimit: Duration = .seconds(1),
    change: (inout SpawnRequest) -> Void = { _ in }
) throws -> ScriptResult {
    let pipe = try makePipe()
    let loop = EventLoop()
    defer { loop.close() }
    var bytes: [UInt8] = []
    try loop.addStream(pipe.read, onBytes: { bytes += $0 })
    let child = try spawnScript(script, output: pipe.write, environment: environment, change: change)
    var end: ChildEnd?
    try loop.watch(child, group: group) { end = $0 }
    let outcome = try loop.run(drainLimit: drainLimit)
    return ScriptResult(end: try #require(end), output: String(decoding: bytes, as: UTF8.self), outcome: outcome)
}

/// Starts a script, which the test has to reap, and closes the write end that it got as stdout and stderr.
///
/// Swift Testing waits for its exit tests by a look at any ended child: one that nobody reaps hangs them for ever.
func spawnScript(
    _ script: String,
    output: Int32,
    environment: [String] = ["PATH=/usr/bin:/bin"],
    change: (inout SpawnRequest) -> Void = { _ in }
) throws -> ChildProcess {
    defer { close(output) }
    let shell = OpenExecutable("/bin/sh")
    var request = SpawnRequest(
        executable: shell.descriptor,
        arguments: ["sh", "-c", script],
        environment: environment,
        descriptors: [.null(child: 0), .init(child: 1, parent: output), .init(child: 2, parent: output)]
    )
    change(&request)
    return try spawn(request)
}

/// What is in a pipe until its end, read without a loop.
func readAll(_ descriptor: Int32) -> [UInt8] {
    var found: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count <= 0 { return found }
        found += buffer[..<count]
    }
}

/// Undoes the mask of the thread, which a thread of libdispatch has full and a process started by it inherits.
func unblockSignals() {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
}

/// The largest resident set that this process has had, by `/proc/self/status`.
func peakKilobytes() -> Int {
    let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let lines = String(decoding: readAll(descriptor), as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("VmHWM:") }.flatMap { Int($0.filter(\.isNumber)) } ?? 0
}

extension String {
    /// Without the white space at its end.
    var trimmed: String { String(reversed().drop(while: \.isWhitespace).reversed()) }
}
