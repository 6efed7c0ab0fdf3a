import HostFiles
package import PipelineContracts

/// Looks for the exact values of secrets in streams as they come, across the borders of their pieces.
///
/// Memory is bounded by the values alone: by the automaton of Knuth, Morris and Pratt all that is kept of a stream is how
/// much of each value its last bytes are.
package final class SecretSearch {
    private struct Pattern {
        let name: String
        let bytes: [UInt8]
        /// For each length of a beginning: the longest proper one that it ends with.
        let fallbacks: [Int32]

        init(_ name: String, _ bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
            var fallbacks = [Int32](repeating: 0, count: bytes.count)
            var length = 0
            for index in bytes.indices.dropFirst() {
                while length > 0, bytes[index] != bytes[length] { length = Int(fallbacks[length - 1]) }
                if bytes[index] == bytes[length] { length += 1 }
                fallbacks[index] = Int32(length)
            }
            self.fallbacks = fallbacks
        }

        /// Goes on from a length of what matched; true once all did.
        func advance(_ length: inout Int, over piece: UnsafeRawBufferPointer) -> Bool {
            bytes.withUnsafeBufferPointer { bytes in
                var (place, matched) = (0, length)
                defer { length = matched }
                while place < piece.count {
                    if matched == 0 {
                        guard let next = ByteSearch.first(bytes[0], in: piece, from: place) else { return false }
                        place = next
                    }
                    if piece[place] == bytes[matched] {
                        matched += 1
                        place += 1
                        if matched == bytes.count { return true }
                    } else {
                        matched = matched == 0 ? 0 : Int(fallbacks[matched - 1])
                    }
                }
                return false
            }
        }
    }

    private let patterns: [Pattern]
    private let short: [String]
    /// How much matched, by place and pattern; nil once a value was found there.
    private var states: [String: [Int?]] = [:]
    private var found: [String: [String]] = [:]

    /// Nil when there is nothing to look for, and nothing to say of it.
    package init?(_ values: SecretValues) {
        if values.isEmpty { return nil }
        var patterns: [Pattern] = []
        var short: [String] = []
        for name in values.names {
            let core = SecretValues.core(values[name] ?? [])
            if core.count < SecretValues.shortest { short.append(name) } else { patterns.append(Pattern(name, core)) }
        }
        self.patterns = patterns
        self.short = short
    }

    /// Takes the next piece of a stream, or of an output by its path.
    package func scan(_ piece: UnsafeRawBufferPointer, in place: String) {
        if patterns.isEmpty { return }
        var state = states[place] ?? [Int?](repeating: 0, count: patterns.count)
        for (index, pattern) in patterns.enumerated() {
            guard var matched = state[index] else { continue }
            if pattern.advance(&matched, over: piece) {
                found[pattern.name, default: []].append(place)
                state[index] = nil
            } else {
                state[index] = matched
            }
        }
        states[place] = state
    }

    /// Forgets how far a place matched, which is whole.
    package func end(_ place: String) { states[place] = nil }

    /// What was found, by the names of the secrets.
    package var findings: [SecretFinding] {
        (patterns.map { SecretFinding(name: $0.name, found: found[$0.name] ?? []) }
            + short.map { SecretFinding(name: $0, found: nil) }).sorted { $0.name < $1.name }
    }
}
