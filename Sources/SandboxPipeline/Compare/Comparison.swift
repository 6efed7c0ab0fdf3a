import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import TarArchive

/// What differs between two plans or runs: stage by stage, field by field, file by file.
package struct Comparison {
    /// In the order of the stages, files by name.
    package private(set) var differences: [Difference] = []

    private let left: Inspection
    private let right: Inspection

    /// Of a text no more than this is compared line by line.
    private static let textLimit: Int64 = 64 << 20

    /// - Throws: ``PipelineError`` for what can't be read.
    package init(_ left: Inspection, _ right: Inspection) throws {
        self.left = left
        self.right = right
        for stage in StageName.allCases {
            let before = left.stages.first { $0.receipt.stage == stage }?.receipt.files ?? [:]
            let after = right.stages.first { $0.receipt.stage == stage }?.receipt.files ?? [:]
            // What resolve found does not travel: of a bundle there is nothing to compare.
            if stage == .resolve, before.isEmpty || after.isEmpty { continue }
            for name in Set(before.keys).union(after.keys).sorted() {
                try compare(stage, name, before[name], after[name])
            }
        }
    }

    private mutating func compare(_ stage: StageName, _ name: String, _ old: Descriptor?, _ new: Descriptor?) throws {
        if old?.digest == new?.digest { return }
        func add(_ place: String?, _ old: JSONValue?, _ new: JSONValue?) {
            differences.append(Difference(stage: stage, file: name, place: place, old: old, new: new))
        }
        guard let old, let new else {
            return add(nil, old.map { .string($0.digest.description) }, new.map { .string($0.digest.description) })
        }
        let path = "\(stage.rawValue)/\(name)"
        if name.hasSuffix(".json"), let before = try? JSONParser.parse(try left.bytes(path)).objectValue,
            let after = try? JSONParser.parse(try right.bytes(path)).objectValue
        {
            for change in KeyComparison(before, after).changes { add(change.component, change.old, change.new) }
        } else if !left.isWhole || !right.isWhole {
            add(nil, .string(old.digest.description), .string(new.digest.description))
        } else if old.mediaType == ArtefactKind.layer.mediaType, new.mediaType == old.mediaType {
            let (before, after) = (try Self.entries(of: path, left), try Self.entries(of: path, right))
            for place in Set(before.keys).union(after.keys).sorted(by: AbsolutePath.precedes)
            where before[place] != after[place] {
                add(place, before[place], after[place])
            }
        } else if old.mediaType == ArtefactKind.stream.mediaType, max(old.size, new.size) <= Self.textLimit {
            let line = FirstLine(try left.bytes(path), try right.bytes(path))
            add("line \(line.number)", line.old.map(JSONValue.string), line.new.map(JSONValue.string))
        } else {
            add(nil, .string(old.digest.description), .string(new.digest.description))
        }
        // The same fields in other bytes: nothing else tells that they differ.
        if differences.last?.file != name || differences.last?.stage != stage {
            add(nil, .string(old.digest.description), .string(new.digest.description))
        }
    }

    /// What a layer holds, by path: kind, mode, and a file's size and digest.
    private static func entries(of path: String, _ inspection: Inspection) throws -> [String: JSONValue] {
        do {
            let file = try inspection.open(path)
            var tar = try TarReader(descriptor: file.number)
            var found: [String: JSONValue] = [:]
            while let entry = try tar.next() {
                var members: [String: JSONValue] = ["mode": .string("0" + String(entry.mode, radix: 8))]
                switch entry.kind {
                case .directory: members["kind"] = "folder"
                case .symlink(let target): members["target"] = .string(String(decoding: target, as: UTF8.self))
                case .file:
                    var digest = StreamingDigest()
                    try tar.readBody { digest.update($0) }
                    members["size"] = .integer(entry.size)
                    members["digest"] = .string(digest.digest().description)
                }
                found["/" + String(decoding: entry.path, as: UTF8.self)] = .object(members)
            }
            return found
        } catch {
            throw PipelineError(error, source: path)
        }
    }
}
