/// The keys seen in every object that is still open, for naming a duplicate; used only once there is known to be one.
struct JSONKeyRecord {
    private var open: [Set<String>] = []

    mutating func openObject() {
        open.append([])
    }

    mutating func closeObject() {
        _ = open.popLast()
    }

    /// Notes a key of the innermost object.
    ///
    /// - Parameter literal: The key as it was written, quotes and escapes included.
    /// - Returns: The key when it was there before, else nil.
    mutating func repeated(_ literal: ArraySlice<UInt8>) -> String? {
        guard let parsed = try? JSONTokener.parse(Array(literal), maximumDepth: 0),
            case .string(let key) = parsed.value,
            let last = open.indices.last,
            !open[last].insert(key).inserted
        else { return nil }
        return key
    }
}
