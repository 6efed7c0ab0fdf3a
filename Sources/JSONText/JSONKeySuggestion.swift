/// Which known key a person may have meant by an unknown one.
enum JSONKeySuggestion {
    /// The nearest known key, the first of those equally near, or nil when none is near enough.
    ///
    /// Near enough are at most two edits (an insertion, a deletion, a replacement or a swap of neighbours), and at most
    /// half as many as the longer key has bytes. ASCII letters count the same in both cases.
    static func nearest(to key: String, among known: [String]) -> String? {
        let wanted = folded(key)
        guard wanted.count <= 64 else { return nil }
        var best: (name: String, distance: Int)?
        for name in known {
            let candidate = folded(name)
            let limit = min(2, max(wanted.count, candidate.count) / 2)
            guard abs(candidate.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, candidate)
            guard distance <= limit, distance < best?.distance ?? .max else { continue }
            best = (name, distance)
        }
        return best?.name
    }

    /// The restricted Damerau-Levenshtein distance of two texts, in bytes.
    static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for row in 0..<one.count {
            var current = [row + 1]
            current.reserveCapacity(other.count + 1)
            for column in 0..<other.count {
                let replaced = last[column] + (one[row] == other[column] ? 0 : 1)
                var least = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            beforeLast = last
            last = current
        }
        return last[other.count]
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
