import ContentAddressing
import HostFiles
import PipelineContracts
import Runtimes
import TarArchive
import TestSupport
import Testing

@testable import CollectStage

@Suite("Outputs", .tags(.medium))
struct OutputCollectorTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        try fixture.shell(
            """
            mkdir -p out/sub/deep out/other elsewhere; cd out; printf one > a.log; printf two > sub/b.log
            printf three > sub/deep/c.txt; chmod 640 a.log; chmod 4755 sub/b.log; ln -s a.log link; ln -s /etc/passwd abs
            ln -s sub linkdir; mkfifo fifo; printf raw > "$(printf 'n\\377')"; printf hidden > other/secret
            printf elsewhere > ../elsewhere/x; : > empty
            """
        )
    }

    private var tree: SandboxTree {
        var tree = SandboxTree()
        tree.set(bind("out", "/out"))
        tree.set(MountOperation(.tmpfs(size: nil, permissions: "1777"), at: "/tmp", origin: .preset, field: "preset"))
        return tree
    }

    private func bind(_ source: String, _ at: String) -> MountOperation {
        let action = MountOperation.Action.bind(source: fixture.folder(source), writable: true, devices: false)
        return MountOperation(action, at: at, origin: .spec, field: "mounts[0]")
    }

    private func collect(_ paths: [String], _ tree: SandboxTree) throws -> (records: [OutputRecord], tar: [UInt8]) {
        let sink = ByteSink()
        let collector = try OutputCollector(tree: tree, sources: [:], time: 7) { sink.bytes.append(contentsOf: $0) }
        let records = try paths.map { try collector.collect(OutputRule(path: $0, required: false)) }
        try collector.finish()
        return (records, sink.bytes)
    }

    private func paths(_ pattern: String, _ tree: SandboxTree? = nil) throws -> [String] {
        try collect([pattern], tree ?? self.tree).records[0].files.map(\.path)
    }

    @Test("a file is recorded with mode, size and digest, without setuid")
    func file() throws {
        let record = try collect(["/out/a.log", "/out/sub/b.log"], tree).records
        #expect(
            record[0].files == [
                .init(
                    path: "/out/a.log",
                    kind: "file",
                    mode: 0o640,
                    size: 3,
                    digest: Digest.of(Array("one".utf8)),
                    target: nil
                )
            ]
        )
        #expect(record[1].files.first?.mode == 0o755)
    }

    @Test("globs take what they match, and of a folder everything below")
    func globs() throws {
        #expect(try paths("/out/**/*.log") == ["/out/a.log", "/out/sub/b.log"])
        #expect(try paths("/out/*.log") == ["/out/a.log"])
        #expect(try paths("/out/sub") == ["/out/sub", "/out/sub/b.log", "/out/sub/deep", "/out/sub/deep/c.txt"])
        #expect(try paths("/out/s*/deep") == ["/out/sub/deep", "/out/sub/deep/c.txt"])
        #expect(try paths("/out/none").isEmpty)
        #expect(try paths("/out/none/**").isEmpty)
        #expect(try paths("/out/a.log/x").isEmpty)
        #expect(try paths("/usr/x").isEmpty)
        #expect(try paths("/tmp/x").isEmpty)
    }

    @Test("symlinks are kept as such and never followed, nodes are noted and not read")
    func kinds() throws {
        let found = try collect(["/out"], tree)
        let files = Dictionary(uniqueKeysWithValues: found.records[0].files.map { ($0.path, $0) })
        #expect(files["/out/link"]?.target == "a.log")
        #expect(files["/out/abs"]?.target == "/etc/passwd")
        #expect(files["/out/abs"]?.digest == nil)
        #expect(files["/out/linkdir"]?.kind == "symlink")
        #expect(files["/out/linkdir/b.log"] == nil)
        #expect(files["/out/fifo"]?.kind == "fifo")
        #expect(files["/out/fifo"]?.digest == nil)
        #expect(files["/out/empty"]?.digest == Digest.of([]))
        let names = try entries(found.tar).map(\.0)
        #expect(!names.contains("out/fifo"))
        #expect(names.contains("out/abs"))
        #expect(throws: CollectError.self) { try paths("/out/linkdir/b.log") }
    }

    private func entries(_ tar: [UInt8]) throws -> [(String, [UInt8])] {
        var reader = try TarReader(bytes: tar)
        var entries: [(String, [UInt8])] = []
        while let entry = try reader.next() {
            #expect(entry.modified == 7)
            let isFile = if case .file = entry.kind { true } else { false }
            let path = entry.path.last == 0x2F ? entry.path.dropLast() : entry.path[...]
            entries.append((String(decoding: path, as: UTF8.self), isFile ? try reader.readBody() : []))
        }
        return entries
    }

    @Test("names that are not UTF-8 are exact in the tar")
    func rawNames() throws {
        let found = try collect(["/out/n*"], tree)
        #expect(found.records[0].files.map(\.path) == ["/out/n\u{FFFD}"])
        var reader = try TarReader(bytes: found.tar)
        #expect(try reader.next()?.path == Array("out/n".utf8) + [0xFF])
        #expect(try reader.readBody() == Array("raw".utf8))
    }

    @Test("what is matched twice is packed once and recorded twice")
    func overlap() throws {
        let found = try collect(["/out/sub", "/out/sub/b.log", "/out/**/*.log"], tree)
        #expect(found.records.map(\.files.count) == [4, 1, 2])
        #expect(
            try entries(found.tar).map(\.0) == [
                "out/sub", "out/sub/b.log", "out/sub/deep", "out/sub/deep/c.txt", "out/a.log",
            ]
        )
    }

    @Test("what another mount or a cover shows is not read from below it")
    func nestedMounts() throws {
        var tree = tree
        tree.set(bind("elsewhere", "/out/other"))
        tree.replace(MountOperation(.emptyFile, at: "/out/a.log", origin: .rule, field: "mounts[1]"))
        tree.replace(MountOperation(.emptyFolder, at: "/out/sub/deep", origin: .rule, field: "mounts[2]"))
        tree.replace(bind("out/sub", "/out/sub"))
        let found = try paths("/out", tree)
        #expect(!found.contains("/out/a.log"))
        #expect(!found.contains { $0.hasPrefix("/out/other") })
        #expect(!found.contains { $0.hasPrefix("/out/sub/deep") })
        #expect(found.contains("/out/sub/b.log"))
        #expect(try paths("/out/other/x", tree) == ["/out/other/x"])
        let text = String(decoding: try collect(["/out"], tree).tar, as: UTF8.self)
        #expect(!text.contains("hidden") && !text.contains("three"))
    }

    @Test("the same tree gives the same bytes")
    func deterministic() throws {
        let first = try collect(["/out"], tree).tar
        try fixture.shell("cp -a out copy; touch copy/a.log; rm -r out; mv copy out")
        #expect(try collect(["/out"], tree).tar == first)
    }

    @Test("a large file is digested and packed alike")
    func largeFile() throws {
        try fixture.shell("head -c 1500000 /dev/zero | tr '\\0' x > out/large")
        let found = try collect(["/out/large"], tree)
        let content = Array(repeating: UInt8(ascii: "x"), count: 1_500_000)
        #expect(found.records[0].files.first?.digest == Digest.of(content))
        #expect(try entries(found.tar).first?.1 == content)
    }
}
