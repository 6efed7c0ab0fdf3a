import JSONText

/// Which elements of a list were changed, put in or taken out.
///
/// What both lists have, in the longest common order, stays out of it. Between these, an element that is gone and one
/// that is new are one that changed, those first that have most in common.
struct ListAlignment {
    /// Places in the old and the new list; nil for an element that one of them does not have.
    struct Difference: Hashable {
        let old: Int?
        let new: Int?
    }

    private(set) var differences: [Difference] = []

    private let old: [[String: JSONValue]]
    private let new: [[String: JSONValue]]

    /// More cells than this are not filled: what lies between the common ends then counts as replaced.
    private static let cellLimit = 1 << 20

    init(_ old: [[String: JSONValue]], _ new: [[String: JSONValue]]) {
        self.old = old
        self.new = new
        let shorter = min(old.count, new.count)
        var start = 0
        while start < shorter, old[start] == new[start] { start += 1 }
        var end = 0
        while end < shorter - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        align(start..<(old.count - end), start..<(new.count - end))
    }

    /// By the lengths of the longest common subsequences of what is left of both.
    private mutating func align(_ rows: Range<Int>, _ columns: Range<Int>) {
        let width = columns.count + 1
        guard rows.count < Self.cellLimit / width else { return pair(Array(rows), Array(columns)) }
        var lengths = [Int](repeating: 0, count: (rows.count + 1) * width)
        func cell(_ row: Int, _ column: Int) -> Int {
            (row - rows.lowerBound) * width + column - columns.lowerBound
        }
        for row in rows.reversed() {
            for column in columns.reversed() {
                lengths[cell(row, column)] =
                    old[row] == new[column]
                    ? lengths[cell(row + 1, column + 1)] + 1
                    : max(lengths[cell(row + 1, column)], lengths[cell(row, column + 1)])
            }
        }
        var (row, column) = (rows.lowerBound, columns.lowerBound)
        var gone: [Int] = []
        var added: [Int] = []
        while row < rows.upperBound || column < columns.upperBound {
            if row < rows.upperBound, column < columns.upperBound, old[row] == new[column] {
                pair(gone, added)
                (gone, added) = ([], [])
                (row, column) = (row + 1, column + 1)
            } else if column == columns.upperBound
                || row < rows.upperBound && lengths[cell(row + 1, column)] >= lengths[cell(row, column + 1)]
            {
                gone.append(row)
                row += 1
            } else {
                added.append(column)
                column += 1
            }
        }
        pair(gone, added)
    }

    private mutating func pair(_ gone: [Int], _ added: [Int]) {
        var left = added
        var partners: [Int: Int] = [:]
        if gone.count == added.count {
            partners = Dictionary(uniqueKeysWithValues: zip(gone, added))
            left = []
        } else {
            for place in gone where !left.isEmpty && left.count * gone.count < Self.cellLimit {
                let likeness = left.map { shared(old[place], new[$0]) }
                guard let best = likeness.indices.max(by: { likeness[$0] < likeness[$1] }), likeness[best] > 0 else {
                    continue
                }
                partners[place] = left.remove(at: best)
            }
            for place in gone where partners[place] == nil && !left.isEmpty {
                // One of these changed, whichever: the rest was put in.
                partners[place] = left.removeFirst()
            }
        }
        for place in gone { differences.append(Difference(old: place, new: partners[place])) }
        for place in left { differences.append(Difference(old: nil, new: place)) }
    }

    /// How many members two elements have in common.
    private func shared(_ one: [String: JSONValue], _ other: [String: JSONValue]) -> Int {
        one.reduce(0) { sum, part in
            guard let before = part.value.objectValue, let after = other[part.key]?.objectValue else { return sum }
            return sum + before.count { after[$0.key] == $0.value }
        }
    }
}
