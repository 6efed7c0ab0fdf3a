/// A line of mountinfo: a mount, and which one it is mounted on.
struct MountLine {
    private let number: Int
    private let parent: Int
    private let entry: MountTable.Entry

    init(_ number: Int, _ parent: Int, _ entry: MountTable.Entry) {
        self.number = number
        self.parent = parent
        self.entry = entry
    }

    /// Where something is mounted: a path on the mount that shows it.
    private struct Place: Hashable {
        let mount: Int
        let point: PathKey
    }

    /// The mounts that the kernel's walk from the root comes to and stays on, in the order of the lines.
    ///
    /// The walk goes on to a mount wherever one lies on the mount it has come to; so one of the same parent on a folder
    /// above, or one on its own top folder, covers it. A parent without a line lies outside of this process's root, and
    /// what is mounted over that root is never come to: the walk begins below (path_resolution(7), tried).
    static func reachable(_ lines: [MountLine]) -> [MountTable.Entry] {
        if !mayHideSome(lines) { return lines.map(\.entry) }
        var byNumber: [Int: MountLine] = [:]
        byNumber.reserveCapacity(lines.count)
        for line in lines { byNumber[line.number] = line }
        var places: Set<Place> = []
        places.reserveCapacity(lines.count)
        for line in lines where !line.isOverRoot(byNumber) {
            places.insert(Place(mount: line.anchor(byNumber), point: PathKey(line.entry.point)))
        }
        var known: [Int: Bool] = [:]
        return lines.filter { line in
            line.isReached(byNumber, places, &known)
                && !places.contains(Place(mount: line.number, point: PathKey(line.entry.point)))
        }.map(\.entry)
    }

    /// Whether any mount may be covered: false is sure, and cheap, which counts with the thousands of a container host.
    ///
    /// Places are told apart by a hash of 64 bits (FNV-1a), so that no folder above a mount has to become a string.
    private static func mayHideSome(_ lines: [MountLine]) -> Bool {
        let numbers = Set(lines.map(\.number))
        let anchors = lines.map { $0.parent != $0.number && numbers.contains($0.parent) ? $0.parent : outside }
        var places: Set<UInt64> = []
        places.reserveCapacity(lines.count)
        for (line, anchor) in zip(lines, anchors) where !places.insert(line.hash(on: anchor) { _ in false }).inserted {
            return true
        }
        return zip(lines, anchors).contains { line, anchor in
            if places.contains(line.hash(on: line.number) { _ in false }) { return true }
            var isBelow = false
            _ = line.hash(on: anchor) { folder in
                isBelow = places.contains(folder)
                return isBelow
            }
            return isBelow
        }
    }

    /// The hash of its point on a mount; `stop` is asked with that of each folder above the point.
    private func hash(on mount: Int, stop: (UInt64) -> Bool) -> UInt64 {
        var hash = (0xCBF2_9CE4_8422_2325 ^ UInt64(bitPattern: Int64(mount))) &* 0x100_0000_01B3
        var count = entry.point.utf8.count
        for byte in entry.point.utf8 {
            // The root's own name is its slash, every other folder's ends before one.
            if byte == UInt8(ascii: "/"), count < entry.point.utf8.count, stop(hash) { return hash }
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            if count == entry.point.utf8.count, count > 1, stop(hash) { return hash }
            count -= 1
        }
        return hash
    }

    private static let outside = -1

    /// The mount it lies on; the root of a namespace lies on itself.
    private func anchor(_ lines: [Int: MountLine]) -> Int {
        parent == number || lines[parent] == nil ? Self.outside : parent
    }

    private func isOverRoot(_ lines: [Int: MountLine]) -> Bool {
        entry.point == "/" && anchor(lines) != Self.outside
    }

    private func isReached(_ lines: [Int: MountLine], _ places: Set<Place>, _ known: inout [Int: Bool]) -> Bool {
        if let answer = known[number] { return answer }
        if isOverRoot(lines) { return false }
        // For a table that leads in a circle, which the kernel has none of.
        known[number] = false
        let anchor = anchor(lines)
        let above = lines[anchor]
        var answer = above?.isReached(lines, places, &known) ?? true
        let top = above?.entry.point ?? "/"
        var folder = entry.point
        while answer, folder.utf8.count > top.utf8.count {
            folder = AbsolutePath.parent(folder)
            if places.contains(Place(mount: anchor, point: PathKey(folder))) { answer = false }
        }
        known[number] = answer
        return answer
    }
}
