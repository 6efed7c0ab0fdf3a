package import ContentAddressing
import JSONText
package import PipelineContracts

/// What a run's ref holds: all that a list shows, so that listing reads nothing else.
package struct RunRef: Sendable, Hashable {
    package let run: Digest
    /// 32 random hex digits, known from the start.
    package let id: String
    package let plan: Digest
    package let name: String
    /// RFC 3339.
    package let created: String
    /// The folder in `stages/`.
    package let folder: String
    package let receipts: [StageName: Digest]
    package let exitCode: Int32
    /// As the kernel said it.
    package let signal: Int32?
    /// Of its captures and outputs.
    package let bytes: Int64
    /// Whether it came from elsewhere: the record is not signed by this machine's key, or says so.
    package var isImported = false

    package init(
        run: Digest,
        id: String,
        plan: Digest,
        name: String,
        created: String,
        folder: String,
        receipts: [StageName: Digest],
        exitCode: Int32,
        signal: Int32?,
        bytes: Int64
    ) {
        self.run = run
        self.id = id
        self.plan = plan
        self.name = name
        self.created = created
        self.folder = folder
        self.receipts = receipts
        self.exitCode = exitCode
        self.signal = signal
        self.bytes = bytes
    }

    init(_ json: JSONValue) throws(JSONShapeError) {
        run = try json.digest("run")
        id = try json.string("id")
        plan = try json.digest("plan")
        name = try json.string("name")
        created = try json.string("created")
        folder = try json.string("folder")
        receipts = [.launch: try json.digest("launch"), .collect: try json.digest("collect")]
        exitCode = Int32(truncatingIfNeeded: try json.integer("exitCode"))
        signal = json["signal"]?.integerValue.map { Int32(truncatingIfNeeded: $0) }
        bytes = try json.integer("bytes")
        isImported = json["imported"]?.boolValue ?? false
    }

    var json: JSONValue {
        .members([
            "schema": "sbxpipe.run-ref/v1",
            "run": .string(run.description),
            "id": .string(id),
            "plan": .string(plan.description),
            "name": .string(name),
            "created": .string(created),
            "folder": .string(folder),
            "launch": receipts[.launch].map { .string($0.description) },
            "collect": receipts[.collect].map { .string($0.description) },
            "exitCode": .integer(Int64(exitCode)),
            "signal": signal.map { .integer(Int64($0)) },
            "bytes": .integer(bytes),
            "imported": isImported ? true : nil,
        ])
    }

    /// The record's name: time in milliseconds, digest and id, so that a folder's names sort by age and tell both.
    func recordName(time: Int64) -> String {
        let milliseconds = String(max(0, time / 1_000_000), radix: 16)
        let padded = String(repeating: "0", count: max(0, 12 - milliseconds.count)) + milliseconds
        return "\(padded)-\(run.hex)-\(id)"
    }
}

/// The name of a run's record, taken apart.
package struct RunRecordName: Sendable, Hashable {
    package let text: String

    /// Nil for what is no such name.
    package init?(_ text: String) {
        self.text = text
        // A store has tens of thousands: the parts are told apart by their places.
        guard text.utf8.count > 78, part(12..<13) == "-", part(77..<78) == "-",
            part(0..<12).utf8.allSatisfy(Digest.isHexDigit), digest.utf8.allSatisfy(Digest.isHexDigit),
            !id.utf8.contains(UInt8(ascii: "-"))
        else { return nil }
    }

    private func part(_ range: Range<Int>) -> Substring {
        let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
        return text[start..<text.utf8.index(start, offsetBy: range.count)]
    }

    /// 64 hex digits.
    package var digest: Substring { part(13..<77) }
    package var id: Substring { part(78..<text.utf8.count) }

    /// Nanoseconds since 1970, to the millisecond.
    package var time: Int64 { (Int64(part(0..<12), radix: 16) ?? 0) * 1_000_000 }
}
