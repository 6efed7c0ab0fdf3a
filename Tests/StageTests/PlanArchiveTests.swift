import ContentAddressing
import LaunchStage
import PipelineContracts
import TarArchive
import TestSupport
import Testing

@Suite("A plan's archive", .tags(.medium))
struct PlanArchiveTests {
    private let bytes: [UInt8]

    init() throws { bytes = try GoldenSpec.planned(GoldenSpec.all[0]).archive }

    private func damaged(_ bytes: [UInt8]) -> String? {
        do throws(LaunchError) {
            _ = try PlanArchive(unpacking: bytes)
            return nil
        } catch {
            return error.message
        }
    }

    private func tar(_ files: [(name: String, text: String)]) throws -> [UInt8] {
        let sink = ByteSink()
        var tar = try TarWriter { sink.bytes.append(contentsOf: $0) }
        for file in files {
            let body = Array(file.text.utf8)
            let size = Int64(body.count)
            let entry = TarEntry(path: Array(file.name.utf8), kind: .file, mode: 0o644, size: size, modified: 0)
            try tar.append(entry, bytes: body)
        }
        try tar.finish()
        return sink.bytes
    }

    /// The files of the good archive.
    private func parts() throws -> [(name: String, text: String)] {
        var reader = try TarReader(bytes: bytes)
        var parts: [(name: String, text: String)] = []
        while let entry = try reader.next() {
            parts.append(
                (String(decoding: entry.path, as: UTF8.self), String(decoding: try reader.readBody(), as: UTF8.self))
            )
        }
        return parts
    }

    @Test("the good one is what was planned")
    func good() throws {
        let archive = try PlanArchive(unpacking: bytes)
        let (description, binding) = try GoldenSpec.documents(GoldenSpec.all[0])
        #expect(archive.description == description)
        #expect(archive.binding == binding)
        #expect(
            try parts().map(\.name) == ["spec.json", "env.json", "description.json", "enforcement.json", "bwrap.json"]
        )
        #expect(damaged(try tar(try parts())) == nil)
    }

    @Test("one that is cut anywhere is refused")
    func cut() {
        for count in stride(from: 0, to: bytes.count - 1024, by: 97) {
            #expect(
                damaged(Array(bytes[..<count]))?.hasPrefix("the plan's archive is damaged: ") == true,
                "\(count) bytes"
            )
        }
    }

    @Test("one whose headers are damaged is refused")
    func flipped() {
        for index in [0, 100, 124, 148, 156, 257] {
            var bytes = bytes
            bytes[index] ^= 0x55
            #expect(damaged(bytes) != nil, "byte \(index)")
        }
    }

    @Test("a missing file, one that is no JSON, a wrong shape and a second one are refused by name")
    func contents() throws {
        let parts = try parts()
        for name in ["env.json", "description.json", "enforcement.json", "bwrap.json"] {
            #expect(damaged(try tar(parts.filter { $0.name != name }))?.contains(name) == true)
            let broken = parts.map { $0.name == name ? ($0.name, "{") : $0 }
            #expect(damaged(try tar(broken))?.contains(name) == true)
            let empty = parts.map { $0.name == name ? ($0.name, "{}") : $0 }
            #expect(damaged(try tar(empty)) != nil)
        }
        #expect(damaged([]) != nil)
        #expect(damaged(Array("no tar at all, whatever its size".utf8)) != nil)
    }
}

final class ByteSink {
    var bytes: [UInt8] = []
}
