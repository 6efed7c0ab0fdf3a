import TarArchive
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder for one test, removed with its last owner unless `SBXPIPE_KEEP_TEST_FILES` is set.
final class TemporaryFolder {
    let path: String

    // To read a hole costs nothing on tmpfs, elsewhere a page of cache: hence `parent`.
    init(in parent: String = "/tmp") throws {
        var template = Array("\(parent)/sbxpipe-tar-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        try #require(made)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        if getenv("SBXPIPE_KEEP_TEST_FILES") == nil { _ = system("rm -rf '\(path)'") }
    }

    /// Writes a file and returns its path.
    func file(_ name: String, _ bytes: [UInt8] = []) throws -> String {
        let file = path + "/" + name
        let descriptor = open(file, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(write(descriptor, bytes, bytes.count) == bytes.count)
        return file
    }

    /// Opens a file for reading while `body` runs.
    func opened<Result>(_ name: String, _ body: (Int32) throws -> Result) throws -> Result {
        let descriptor = open(path + "/" + name, O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        return try body(descriptor)
    }

    /// Runs a shell command in the folder: its status and what it printed on both streams.
    func run(_ command: String) throws -> (status: Int32, output: [UInt8]) {
        let stream = try #require(popen("cd '\(path)' && { \(command); } 2>&1", "r"))
        var output: [UInt8] = []
        while case let byte = getc(stream), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
        return (pclose(stream), output)
    }
}

/// Whether a program can be run, for tests that compare with other implementations.
func isInstalled(_ program: String) -> Bool { system("command -v \(program) >/dev/null 2>&1") == 0 }

/// Runs `body` with the calling thread, and no other, in a locale of this name; nil where it is not installed.
///
/// setlocale(3) would change it for the tests that run at the same time.
func inLocale<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result? {
    let categories =
        LC_CTYPE_MASK | LC_COLLATE_MASK | LC_MESSAGES_MASK | LC_MONETARY_MASK | LC_NUMERIC_MASK | LC_TIME_MASK
    guard let locale = newlocale(categories, name, nil) else { return nil }
    let previous = uselocale(locale)
    defer {
        uselocale(previous)
        freelocale(locale)
    }
    return try body()
}

/// The bytes of a text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Writes an archive into memory.
func archive(_ write: (inout TarWriter) throws -> Void) throws -> [UInt8] {
    var output: [UInt8] = []
    var writer = try TarWriter { output.append(contentsOf: $0) }
    try write(&writer)
    try writer.finish()
    return output
}

/// Writes an archive of entries with these bodies.
func archive(_ entries: [(TarEntry, [UInt8])]) throws -> [UInt8] {
    try archive { writer in
        for (entry, body) in entries { try writer.append(entry, bytes: body) }
    }
}

extension TarEntry {
    static func file(_ path: [UInt8], size: Int64 = 0, mode: UInt16 = 0o644, modified: Int64 = 0) -> TarEntry {
        TarEntry(path: path, kind: .file, mode: mode, size: size, modified: modified)
    }

    static func file(_ path: String, size: Int64 = 0, mode: UInt16 = 0o644, modified: Int64 = 0) -> TarEntry {
        file(bytes(path), size: size, mode: mode, modified: modified)
    }

    static func directory(_ path: String) -> TarEntry {
        TarEntry(path: bytes(path), kind: .directory, mode: 0o755, size: 0, modified: 0)
    }

    static func symlink(_ path: String, to target: String) -> TarEntry {
        TarEntry(path: bytes(path), kind: .symlink(target: bytes(target)), mode: 0o777, size: 0, modified: 0)
    }
}

/// Reads an archive to its end.
func read(_ bytes: [UInt8], limits: TarLimits = TarLimits()) throws -> [(TarEntry, [UInt8])] {
    var reader = try TarReader(bytes: bytes, limits: limits)
    var entries: [(TarEntry, [UInt8])] = []
    while let entry = try reader.next() { entries.append((entry, try reader.readBody())) }
    return entries
}

/// The code that reading an archive to its end fails with, and the entry it names.
func refusal(_ bytes: [UInt8], limits: TarLimits = TarLimits()) -> (code: TarError.Code, path: String?)? {
    do {
        _ = try read(bytes, limits: limits)
        return nil
    } catch {
        return (error as? TarError).map { ($0.code, $0.path) }
    }
}
