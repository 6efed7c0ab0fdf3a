import HostFiles

/// What is not compared of captured streams: what matches a pattern, line by line.
package struct ReplayMasks {
    /// The streams that captures have.
    package static let streams = ["stdout", "stderr", "combined"]
    /// What stands in a match's place.
    private static let mask = Array("<masked>".utf8)

    private var patterns: [String: [LinePattern]] = [:]

    /// Reads `STREAM=REGEX`, the pattern a POSIX extended regular expression.
    ///
    /// - Throws: ``PipelineError``.
    package init(_ words: [String]) throws {
        for word in words {
            guard let equals = word.firstIndex(of: "="), Self.streams.contains(String(word[..<equals])) else {
                throw PipelineError(
                    "--mask: \(word): expected STREAM=REGEX",
                    hint: "streams are stdout, stderr, combined"
                )
            }
            do throws(FileError) {
                let pattern = try LinePattern(String(word[word.index(after: equals)...]))
                patterns[String(word[..<equals]), default: []].append(pattern)
            } catch {
                throw PipelineError(
                    "--mask: \(word): \(error.reason)",
                    hint: "it is a POSIX extended regular expression"
                )
            }
        }
    }

    /// Whether anything of a stream is masked.
    func concerns(_ stream: String) -> Bool { patterns[stream] != nil }

    /// A stream's bytes without what is masked.
    func masked(_ bytes: [UInt8], of stream: String) -> [UInt8] {
        (patterns[stream] ?? []).reduce(bytes) { $1.replacing(in: $0, with: Self.mask) }
    }
}
