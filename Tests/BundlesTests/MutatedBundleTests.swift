import ContentAddressing
import HostFiles
import TestSupport
import Testing

/// Bundles with random damage, the same in each run: nothing crashes or hangs, and what is refused leaves nothing.
@Suite("A bundle with random damage", .tags(.medium))
struct MutatedBundleTests {
    /// SplitMix64 of a fixed seed.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
    }

    /// SBXPIPE_FUZZ_SECONDS says how long; without it a few hundred cases are tried.
    private static let seconds = HostSystem.environment()["SBXPIPE_FUZZ_SECONDS"].flatMap { Int64($0) }

    @Test("is taken or refused in one line, and quickly; the store is as it was")
    func mutations() throws {
        let lab = try BundleLab()
        let seeds = try BundleLab.names.map(BundleLab.corpus)
        let plain = try ["plan", "run-none"].map { try BundleParts(try BundleLab.corpus($0)) }
        let end = Self.seconds.map { HostSystem.monotonicTime() + $0 * 1_000_000_000 }
        var (cases, taken) = (0, 0)
        var random = Random(state: 0x5B5B)
        while end.map({ HostSystem.monotonicTime() < $0 }) ?? (cases < 400) {
            cases += 1
            let bytes =
                cases % 2 == 0
                ? Self.damaged(seeds[random.below(seeds.count)], &random)
                : try Self.rebuilt(plain[random.below(plain.count)], &random)
            let started = HostSystem.monotonicTime()
            let problem = try lab.problem(bytes)
            _ = try lab.headProblem(bytes)
            let lasted = (HostSystem.monotonicTime() - started) / 1_000_000_000
            if problem == nil { taken += 1 }
            let leftovers = try lab.leftovers()
            guard lasted < 20, problem?.contains("\n") != true, leftovers.isEmpty else {
                Issue.record("case \(cases): \(lasted) s, \(problem ?? "taken"), left \(leftovers)")
                return
            }
        }
        // Damage that goes unnoticed is in what nothing depends on: owners and times of entries, the image's Env.
        #expect(cases > 0 && taken < cases / 2, "\(taken) of \(cases) were taken")
        if Self.seconds != nil { print("fuzzed \(cases) bundles, \(taken) of them taken") }
    }

    /// Bytes and blocks of the file changed.
    private static func damaged(_ seed: [UInt8], _ random: inout Random) -> [UInt8] {
        var bytes = seed
        for _ in 0...random.below(4) {
            let at = random.below(bytes.count)
            let block = at / 512 * 512
            let length = min(512 * (1 + random.below(4)), bytes.count - block)
            switch random.below(8) {
            case 0: bytes[at] ^= 1 << UInt8(random.below(8))
            case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes.removeSubrange(block..<block + length)
            case 3: bytes.insert(contentsOf: bytes[block..<block + length], at: block)
            case 4: bytes.removeLast(bytes.count - at)
            case 5: for index in block..<block + length { bytes[index] = 0 }
            case 6: header(&bytes, block, &random)
            default: bytes.insert(contentsOf: bytes[block..<block + length], at: random.below(bytes.count / 512) * 512)
            }
            if bytes.isEmpty { return bytes }
        }
        return bytes
    }

    /// A field of a tar header changed, its checksum right.
    private static func header(_ bytes: inout [UInt8], _ block: Int, _ random: inout Random) {
        guard block + 512 <= bytes.count else { return }
        let fields = [0..<100, 100..<108, 124..<136, 136..<148, 156..<157, 157..<257, 345..<500]
        let field = fields[random.below(fields.count)]
        let words = ["../../x", "7777777", "00000000001", "x", "5", "\u{1B}[", "9", "-1", "L", "g"]
        let word = Array(words[random.below(words.count)].utf8.prefix(field.count))
        bytes.replaceSubrange(block + field.lowerBound..<block + field.lowerBound + word.count, with: word)
        bytes.replaceSubrange(block + 148..<block + 156, with: repeatElement(0x20, count: 8))
        let sum = bytes[block..<block + 512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let text = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        bytes.replaceSubrange(block + 148..<block + 154, with: text.utf8)
        bytes[block + 154] = 0
    }

    /// Something deep inside changed, and every digest above it right.
    private static func rebuilt(_ good: BundleParts, _ random: inout Random) throws -> [UInt8] {
        var parts = good
        var record = try parts.record
        for _ in 0...random.below(3) {
            let index = random.below(record.count)
            switch random.below(6) {
            case 0: record.remove(at: index)
            case 1: record.insert(record[index], at: random.below(record.count))
            case 2: record[index].flag = Array("01256gxLK".utf8)[random.below(9)]
            case 3:
                record[index].name = Array(
                    ["../x", "sbxpipe/x", "/x", "sbxpipe/6-collect/stdout"][random.below(4)].utf8
                )
            default: text(&record[index].body, &random)
            }
            if record.isEmpty { break }
        }
        parts.setRecord(record)
        if random.below(4) == 0 { parts.layers.swapAt(0, random.below(parts.layers.count)) }
        if random.below(8) == 0 { parts.layers.append(parts.layers[0]) }
        return parts.bytes
    }

    /// A piece of a document put in another's place: a digit, a word, a bracket.
    private static func text(_ bytes: inout [UInt8], _ random: inout Random) {
        guard !bytes.isEmpty else { return }
        let at = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[at] = Array("0123456789abcdef\"{}[],:-\\".utf8)[random.below(25)]
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(40)))
        case 2: bytes.insert(contentsOf: Array("{\"a\":[null,1e999,\"\\u0000\"]}".utf8), at: at)
        case 3: bytes.insert(contentsOf: repeatElement(UInt8(ascii: "["), count: 2000), at: at)
        default:
            let other = random.below(bytes.count)
            bytes.insert(contentsOf: bytes[other..<min(bytes.count, other + 80)], at: at)
        }
    }
}
