import ArtifactStore
package import ContentAddressing
import HostFiles
import JSONText
import PipelineContracts
import PipelineCore

/// What differs between two runs: exit status, each capture, each output.
package struct ReplayComparison {
    /// One line each; none when the later run reproduced the earlier one.
    package private(set) var differences: [String] = []

    private let context: PipelineContext
    private let masks: ReplayMasks

    /// - Throws: ``PipelineError`` when one of them is not there any more.
    package init(_ recorded: Digest, _ replayed: Digest, _ masks: ReplayMasks, _ context: PipelineContext) throws {
        self.context = context
        self.masks = masks
        do {
            let (old, new) = (try Side(recorded, context), try Side(replayed, context))
            compareStatus(old.launch, new.launch)
            for name in ReplayMasks.streams { try compareStream(name, old, new) }
            compareOutputs(try old.outputs(), try new.outputs())
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    /// A run's documents.
    private struct Side {
        let launch: JSONValue
        let captures: JSONValue
        let files: Receipt
        private let context: PipelineContext

        init(_ run: Digest, _ context: PipelineContext) throws {
            self.context = context
            let catalog = Catalog(context.store)
            guard let name = try catalog.runNames().last(where: { $0.digest == run.hex }),
                let ref = try catalog.run(name), let launched = ref.receipts[.launch],
                let collected = ref.receipts[.collect]
            else { throw PipelineError("run \(run) is not in the store any more", code: .missing) }
            let receipt = try Documents.receipt(launched, from: context.store)
            launch = try Documents.read(try receipt.file(.launch).digest, from: context.store)
            files = try Documents.receipt(collected, from: context.store)
            captures = try Documents.read(try files.file(.captures).digest, from: context.store)
        }

        func bytes(of stream: String) throws -> [UInt8] {
            guard let file = files.files[stream] else { return [] }
            return try context.store.read(file.digest, limit: 256 << 20)
        }

        /// Files of all outputs by their paths; what was declared and not there is nothing.
        func outputs() throws -> [String: JSONValue] {
            var found: [String: JSONValue] = [:]
            for output in captures["outputs"]?.arrayValue ?? [] {
                for file in output["files"]?.arrayValue ?? [] {
                    if let path = file["path"]?.stringValue { found[path] = file }
                }
            }
            return found
        }
    }

    private mutating func compareStatus(_ old: JSONValue, _ new: JSONValue) {
        let (before, after) = (Self.status(old), Self.status(new))
        if before != after { differences.append("exit status: recorded \(before), now \(after)") }
    }

    private static func status(_ launch: JSONValue) -> String {
        let code = launch["exitCode"]?.integerValue ?? -1
        let reason = launch["reason"]?.stringValue ?? ""
        return reason == "exited" || reason == "signaled" ? "\(code)" : "\(code) (\(reason))"
    }

    private mutating func compareStream(_ name: String, _ old: Side, _ new: Side) throws {
        let (before, after) = (old.captures[name], new.captures[name])
        guard before != nil || after != nil else { return }
        guard let before, let after else {
            differences.append("\(name): \(before == nil ? "was not captured then" : "is not captured now")")
            return
        }
        guard before["digest"] != after["digest"] || before["bytes"] != after["bytes"] else { return }
        let isCut = before["truncated"]?.boolValue == true || after["truncated"]?.boolValue == true
        if isCut, !masks.concerns(name) {
            differences.append("\(name): other bytes; of both only head and tail were kept")
            return
        }
        let one = masks.masked(try old.bytes(of: name), of: name)
        let two = masks.masked(try new.bytes(of: name), of: name)
        guard one != two else { return }
        let line = FirstLine(one, two)
        func shown(_ text: String?) -> String { text.map { "\"\(Printable.escaped($0))\"" } ?? "the end" }
        differences.append("\(name): line \(line.number): recorded \(shown(line.old)), now \(shown(line.new))")
    }

    private mutating func compareOutputs(_ old: [String: JSONValue], _ new: [String: JSONValue]) {
        for path in Set(old.keys).union(new.keys).sorted(by: AbsolutePath.precedes) {
            let shown = Printable.escaped(path)
            switch (old[path], new[path]) {
            case (nil, _): differences.append("output \(shown): was not there then")
            case (_, nil): differences.append("output \(shown): is not there now")
            case (let before?, let after?):
                let parts = ["kind", "mode", "size", "digest", "target"].filter { before[$0] != after[$0] }
                guard !parts.isEmpty else { continue }
                let words = parts.map { part in
                    "\(part) \(before[part]?.canonicalText ?? "none") -> \(after[part]?.canonicalText ?? "none")"
                }
                differences.append("output \(shown): " + words.joined(separator: ", "))
            }
        }
    }
}
