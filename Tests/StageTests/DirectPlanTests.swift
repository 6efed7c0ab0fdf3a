import ContentAddressing
import HostFiles
import JSONText
import LaunchStage
import PipelineContracts
import PipelineCore
import ResolveStage
import SandboxSpec
import TarArchive
import TestSupport
import Testing

@testable import MaterializeStage

@Suite("Plans without a launcher", .tags(.medium))
struct DirectPlanTests {
    private static let direct = GoldenSpec.all.filter { $0.name.hasPrefix("direct") }

    /// The files of a plan's archive by name.
    private func parts(_ bytes: [UInt8]) throws -> [(name: String, body: [UInt8])] {
        var reader = try TarReader(bytes: bytes)
        var parts: [(name: String, body: [UInt8])] = []
        while let entry = try reader.next() {
            parts.append((String(decoding: entry.path, as: UTF8.self), try reader.readBody()))
        }
        return parts
    }

    private func tar(_ parts: [(name: String, body: [UInt8])]) throws -> [UInt8] {
        let sink = ByteSink()
        var tar = try TarWriter { sink.bytes.append(contentsOf: $0) }
        for part in parts {
            let size = Int64(part.body.count)
            let entry = TarEntry(path: Array(part.name.utf8), kind: .file, mode: 0o644, size: size, modified: 0)
            try tar.append(entry, bytes: part.body)
        }
        try tar.finish()
        return sink.bytes
    }

    @Test("the archive has direct.json in place of bwrap.json, and reads back as planned")
    func archive() throws {
        #expect(Self.direct.count == 2)
        for golden in Self.direct {
            let bytes = try GoldenSpec.planned(golden).archive
            #expect(
                try parts(bytes).map(\.name) == [
                    "spec.json", "env.json", "description.json", "enforcement.json", "direct.json",
                ]
            )
            let archive = try PlanArchive(unpacking: bytes)
            #expect(archive.binding == (try GoldenSpec.documents(golden)).1)
            #expect(!archive.ownPIDs && !archive.binding.coversStore)
            guard case .direct = archive.binding else {
                Issue.record("\(archive.binding)")
                continue
            }
        }
    }

    @Test("an archive with two bindings is refused, and one with none")
    func bindings() throws {
        let direct = try parts(try GoldenSpec.planned(Self.direct[0]).archive)
        let bubblewrap = try parts(try GoldenSpec.planned(GoldenSpec.all[0]).archive)
        let second = bubblewrap.filter { $0.name == "bwrap.json" }
        for (found, word) in [(direct + second, "second"), (direct.dropLast(), "bwrap.json, config.json, direct.json")]
        {
            let packed = try tar(Array(found))
            do throws(LaunchError) {
                _ = try PlanArchive(unpacking: packed)
                Issue.record("taken: \(word)")
            } catch {
                #expect(error.message.contains(word), "\(error)")
            }
        }
    }

    @Test("the portable description is that of bubblewrap's plan, the rest is not")
    func portable() throws {
        let overlay = GoldenSpec.all.first { $0.name == "overlay" }
        let same = try #require(overlay).adding(#""workdir": "/work""#)
        let (description, binding) = try GoldenSpec.documents(same)
        let (other, bound) = try GoldenSpec.documents(Self.direct[0])
        #expect(description == other)
        #expect(binding != bound)
        let (first, second) = (try GoldenSpec.planned(same).outcomes, try GoldenSpec.planned(Self.direct[0]).outcomes)
        #expect(first[.env] == second[.env])
        #expect(first[.materialize]?.key != second[.materialize]?.key)
        #expect(first[.archive]?.output != second[.archive]?.output)
    }

    @Test("a place is bound by its real path, an ordinary user's like root's")
    func places() throws {
        guard case .direct(let binding) = try GoldenSpec.documents(Self.direct[1]).1 else {
            Issue.record("not bound to direct")
            return
        }
        #expect(binding.places == [.init(field: "mounts[0]", at: "/work", path: "/work")])
        #expect(binding.workdir == "/")
    }

    @Test(
        "SBXPIPE_RUNTIME stands in for auto alone",
        arguments: [
            ("", nil, "auto", Spec.RuntimeChoice.bwrap), ("", "direct", "direct", .direct), ("", "", "auto", .bwrap),
            ("", "auto", "auto", .bwrap), ("direct", "bwrap", "direct", .direct), ("bwrap", "direct", "bwrap", .bwrap),
            ("auto", "runc", "runc", .runc), ("", "nonsense", "nonsense", nil),
        ] as [(String, String?, String, Spec.RuntimeChoice?)]
    )
    func selection(said: String, variable: String?, asked: String, chosen: Spec.RuntimeChoice?) throws {
        let spec = try spec(said.isEmpty ? "" : #""preset": "overlay", "runtime": "\#(said)""#)
        let environment = variable.map { ["SBXPIPE_RUNTIME": $0] } ?? [:]
        let found = RuntimeSelection(EffectiveSpec(spec), environment: environment)
        #expect(found.asked == asked)
        #expect(found.chosen == chosen)
    }
}
