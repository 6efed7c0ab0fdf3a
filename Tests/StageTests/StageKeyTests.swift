import HostFiles
import JSONText
import PipelineContracts
import TestSupport
import Testing

/// The cache's promise: the same key gives the same bytes, on every machine and in every version of a stage.
@Suite("Keys and outputs of the stages", .tags(.medium))
struct StageKeyTests {
    private static let path = AbsolutePath.join(AbsolutePath.parent(#filePath), "Golden/keys.json")

    private static func current() throws -> JSONValue {
        var specs: [String: JSONValue] = [:]
        for golden in GoldenSpec.all {
            var stages: [String: JSONValue] = [:]
            for (stage, outcome) in try GoldenSpec.planned(golden).outcomes {
                stages[stage.rawValue] = [
                    "version": .integer(Int64(outcome.version)), "key": .string(outcome.key),
                    "output": .string(outcome.output),
                ]
            }
            specs[golden.name] = .object(stages)
        }
        return .object(specs)
    }

    @Test("specs keep key and output as long as the stage's version stays")
    func golden() throws {
        #expect(GoldenSpec.all.count == 38)
        let current = try Self.current()
        if HostSystem.environment()["SBXPIPE_RECORD"] == "1" {
            try Folder.removeFile(Self.path)
            let file = try OwnedDescriptor.open(Self.path, [.write, .create, .exclusive], mode: 0o644)
            try FileContent.write(Array(current.pretty().utf8), to: file.number, path: Self.path)
            return
        }
        let recorded = try JSONParser.parse(try FileContent.read(Self.path, limit: 1 << 20))
        let again = "run the tests with SBXPIPE_RECORD=1 and commit Golden/keys.json"
        #expect(recorded.objectValue?.keys.sorted() == current.objectValue?.keys.sorted(), "\(again)")
        for (name, stages) in current.objectValue ?? [:] {
            for (stage, now) in stages.objectValue ?? [:] {
                let before = recorded[name]?[stage]
                if before?["version"] != now["version"] {
                    #expect(before == now, "\(name), \(stage): the stage's version is another; \(again)")
                } else if before?["key"] == now["key"] {
                    #expect(
                        before?["output"] == now["output"],
                        "\(name), \(stage): other output for the same key: raise \(stage)'s version, then \(again)"
                    )
                } else {
                    #expect(
                        before?["output"] == now["output"],
                        "\(name), \(stage): another output at the same version: raise \(stage)'s version, then \(again)"
                    )
                    #expect(
                        before?["key"] == now["key"],
                        "\(name), \(stage): another key: what is cached is made anew by all; if that is meant, \(again)"
                    )
                }
            }
        }
    }

    @Test("what has the same key has the same output")
    func keysAreComplete() throws {
        var outputs: [[String]: String] = [:]
        for golden in GoldenSpec.all {
            for (stage, outcome) in try GoldenSpec.planned(golden).outcomes {
                let known = outputs.updateValue(outcome.output, forKey: [stage.rawValue, outcome.key])
                #expect(known == nil || known == outcome.output, "\(golden.name), \(stage.rawValue)")
            }
        }
        #expect(outputs.count > 60)
    }

    @Test("planning twice gives the same")
    func deterministic() throws {
        for golden in GoldenSpec.all.prefix(12) {
            let first = try GoldenSpec.planned(golden)
            let second = try GoldenSpec.planned(golden)
            #expect(first.outcomes == second.outcomes)
            #expect(first.archive == second.archive)
        }
    }

    @Test("name, annotations and a runtime said reach no stage")
    func notInKeys() throws {
        let (plain, _) = try GoldenSpec.documents(GoldenSpec.all[0])
        #expect(plain.json["name"] == nil)
        let first = try GoldenSpec.planned(GoldenSpec.all[0]).outcomes
        let named = GoldenSpec.all[0].adding(#""name": "x", "annotations": {"a": "b"}"#)
        #expect(try GoldenSpec.planned(named).outcomes == first)
    }
}
