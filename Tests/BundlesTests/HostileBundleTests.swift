import ContentAddressing
import JSONText
import TarArchive
import TestSupport
import Testing

/// What is no bundle is refused in one line that names the entry, and the store is as it was (SAFETY.md, Import).
@Suite("A hostile bundle", .tags(.medium))
struct HostileBundleTests {
    private let lab: BundleLab
    private let good: [UInt8]

    init() throws {
        lab = try BundleLab()
        good = try BundleLab.corpus("run-none")
    }

    private func expectRefused(_ bytes: [UInt8], _ words: String..., source: SourceLocation = #_sourceLocation) throws {
        let problem = try lab.problem(bytes)
        for word in words {
            #expect(problem?.contains(word) == true, "\(problem ?? "taken")", sourceLocation: source)
        }
        #expect(problem?.contains("\n") == false, sourceLocation: source)
        #expect(try lab.leftovers().isEmpty, sourceLocation: source)
    }

    @Test("a good one is taken, however it is compressed, and put together again by others", arguments: BundleLab.names)
    func good(name: String) throws {
        let bytes = try BundleLab.corpus(name)
        #expect(try lab.problem(bytes) == nil)
        #expect(try lab.headProblem(bytes) == nil)
        guard !name.hasSuffix("gzip"), !name.hasSuffix("zstd") else { return }
        let again = try BundleParts(bytes)
        #expect(try lab.problem(again.bytes) == nil)
        let others = [RawEntry("blobs/", flag: "5"), RawEntry("blobs/sha256/", flag: "5")] + again.entries.reversed()
        #expect(try lab.problem(RawEntry.tar(others)) == nil)
        #expect(try lab.leftovers().isEmpty)
    }

    @Test("an entry that no bundle has is named", arguments: ["before", "after"])
    func entries(place: String) throws {
        let entries = try RawEntry.read(good)
        func with(_ entry: RawEntry) -> [UInt8] {
            RawEntry.tar(place == "before" ? [entry] + entries : entries + [entry])
        }
        for (flag, link) in [("2", "/etc/passwd"), ("1", "oci-layout"), ("3", ""), ("4", ""), ("6", ""), ("7", "")] {
            try expectRefused(with(RawEntry("x", flag: Character(flag), link: link)), "entry \"x\"")
        }
        let hex = String(repeating: "a", count: 64)
        for name in [
            "/etc/cron.d/x", "../x", "blobs/../x", "blobs/sha256/../../x", "./oci-layout", "x", "blobs/sha256/x",
            "blobs/sha512/\(hex)", "blobs/sha256/\(hex.uppercased())", "blobs/sha256/\(hex)0", "manifest.json",
            "index.json/x",
        ] {
            try expectRefused(with(RawEntry(name, [1])), "entry \"\(name)\"")
        }
        try expectRefused(with(RawEntry("\u{1B}[2J\u{7}", [1])), "entry \"\\x1b[2J\\x07\"")
        try expectRefused(with(RawEntry("x/", flag: "5")), "entry \"x")
        for twice in entries.prefix(3) {
            try expectRefused(with(twice), "entry \"\(String(decoding: twice.name, as: UTF8.self))\"", "twice")
        }
        try expectRefused(with(RawEntry("blobs/sha256/\(hex)", [1])), "entry \"blobs/sha256/\(hex)\"", "another digest")
        let extra = Array("extra".utf8)
        try expectRefused(with(RawEntry("blobs/sha256/\(Digest.of(extra).hex)", extra)), "is no part of the image")
    }

    @Test("a blob that is missing, changed or has another size is named")
    func blobs() throws {
        let entries = try RawEntry.read(good)
        for index in entries.indices {
            let name = String(decoding: entries[index].name, as: UTF8.self)
            var without = entries
            without.remove(at: index)
            try expectRefused(RawEntry.tar(without), "missing")
            guard name.hasPrefix("blobs/") else { continue }
            var changed = entries
            changed[index].body[changed[index].body.count / 2] ^= 1
            try expectRefused(RawEntry.tar(changed), "entry \"\(name)\"", "another digest")
        }
        var parts = try BundleParts(good)
        parts.editManifest = { manifest in
            var layers = manifest["layers"]?.arrayValue ?? []
            var layer = layers[0].objectValue ?? [:]
            layer["size"] = 1
            layers[0] = .object(layer)
            manifest["layers"] = .array(layers)
        }
        try expectRefused(parts.bytes, "entry \"blobs/sha256/", "its descriptor says 1")
    }

    @Test("an image that is another's is refused")
    func images() throws {
        let parts = try BundleParts(good)
        func edited(_ edit: (inout BundleParts) -> Void) -> [UInt8] {
            var edited = parts
            edit(&edited)
            return edited.bytes
        }
        try expectRefused(edited { $0.editManifest = { $0["artifactType"] = nil } }, "artifactType")
        try expectRefused(edited { $0.editManifest = { $0["schemaVersion"] = 1 } }, "schemaVersion")
        try expectRefused(edited { $0.editManifest = { $0["layers"] = [] } }, "layers")
        try expectRefused(
            edited { parts in
                parts.editIndex = { index in
                    let manifests = index["manifests"]?.arrayValue ?? []
                    index["manifests"] = .array(manifests + manifests)
                }
            },
            "manifests"
        )
        try expectRefused(edited { $0.editConfiguration = { $0["rootfs"] = ["diff_ids": []] } }, "diff_ids")
        try expectRefused(edited { $0.layers[0].diffID = Digest.of([1]) }, "comes to")
        try expectRefused(edited { $0.layers[0].mediaType += "+xz" }, "media type")
        try expectRefused(edited { $0.layers[0].mediaType += "+gzip" }, "layer sha256:")
        try expectRefused(edited { $0.layers.remove(at: 0) }, "layers")
        try expectRefused(edited { $0.layers.swapAt(0, 1) }, "entry \"src\" of the last layer")
        try expectRefused(
            edited { parts in
                let other = Array("other".utf8)
                parts.layers[0] = (other, parts.layers[0].mediaType, Digest.of(other))
            },
            "its plan has"
        )
        for other in ["", "PK\u{3}\u{4}zip", "{}"] { try expectRefused(Array(other.utf8), " ") }
        var packed: [UInt8] = []
        let compressor = try Compressor(.gzip) { packed.append(contentsOf: $0) }
        try good.withUnsafeBytes { bytes throws in try compressor.write(bytes) }
        try compressor.finish()
        try expectRefused(packed, " ")
    }

    @Test("documents that do not fit together are refused")
    func documents() throws {
        let parts = try BundleParts(good)
        let record = try parts.record
        for (index, entry) in record.enumerated() where entry.flag == 0x30 {
            let name = String(decoding: entry.name, as: UTF8.self)
            guard name != "sbxpipe/README" else { continue }
            var edited = parts
            var files = record
            files.remove(at: index)
            edited.setRecord(files)
            try expectRefused(edited.bytes, "missing")
            files = record
            files[index].body += [0x20]
            edited.setRecord(files)
            if name == "sbxpipe/bundle.json" {
                #expect(try lab.problem(edited.bytes) == nil)
            } else {
                try expectRefused(edited.bytes, "entry \"\(name)\"")
            }
        }
        for extra in [
            RawEntry("sbxpipe/1-resolve/host.json"), RawEntry("sbxpipe/x"), RawEntry("etc/passwd"),
            RawEntry("sbxpipe/6-collect/x"), RawEntry("../x"), RawEntry("/x"),
            RawEntry("sbxpipe/l", flag: "2", link: "/"),
            RawEntry("sbxpipe/6-collect/session.cast"),
        ] {
            var edited = parts
            edited.setRecord(record + [extra])
            try expectRefused(edited.bytes, "entry \"\(String(decoding: extra.name, as: UTF8.self))\"")
        }
    }

    @Test("what bundle.json says is held against what is there", arguments: ["plan", "run", "schema", "stages"])
    func record(member: String) throws {
        var parts = try BundleParts(good)
        var record = try parts.record
        let index = try #require(record.firstIndex { $0.name == Array("sbxpipe/bundle.json".utf8) })
        var document = try JSONParser.parse(record[index].body).objectValue ?? [:]
        switch member {
        case "schema": document[member] = "sbxpipe.bundle/v2"
        case "stages": document[member] = .array(document[member]?.arrayValue?.reversed() ?? [])
        default: document[member] = .string(Digest.of([1]).description)
        }
        record[index].body = JSONValue.object(document).canonical()
        parts.setRecord(record)
        try expectRefused(parts.bytes, member == "schema" || member == "stages" ? member : "the bundle names")
    }

    @Test("one that is cut off at any block, or has something after its end, is refused")
    func truncation() throws {
        for name in ["plan", "run-zstd"] {
            let bytes = try BundleLab.corpus(name)
            for end in stride(from: 0, to: bytes.count - 512, by: 512) {
                try expectRefused(Array(bytes.prefix(end)), " ")
                try expectRefused(Array(bytes.prefix(end + 100)), " ")
            }
        }
        try expectRefused(good + [1], "follows the end")
        try expectRefused(good + good, "follows the end")
        #expect(try lab.problem(good + [UInt8](repeating: 0, count: 10_240)) == nil)
    }

    @Test("gigabytes of zeros in a layer are refused before they fill a disk", arguments: [Compression.gzip, .zstd])
    func bomb(compression: Compression) throws {
        // 8 GiB: gzip members and zstd frames may follow one another.
        var member: [UInt8] = []
        let compressor = try Compressor(compression) { member.append(contentsOf: $0) }
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<128 { try zeros.withUnsafeBytes { bytes throws in try compressor.write(bytes) } }
        try compressor.finish()
        let bomb = (0..<(compression == .gzip ? 4 : 64)).flatMap { _ in member }
        for place in [0, 1] {
            var parts = try BundleParts(good)
            parts.layers[place].bytes = bomb
            parts.layers[place].mediaType += "+\(compression.rawValue)"
            if place == 0 { parts.layers[0].diffID = try BundleParts(good).layers[0].diffID }
            try expectRefused(parts.bytes, "layer sha256:\(Digest.of(bomb).hex)", "bytes come of its \(bomb.count)")
        }
    }
}
