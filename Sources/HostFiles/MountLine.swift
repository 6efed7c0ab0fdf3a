/// A line of mountinfo: a mount, and which one it is mounted on.
struct MountLine {
    let number: Int
    let parent: Int
    let entry: MountTable.Entry

    /// The mounts that the kernel's walk from the root comes to and stays on, in the order of the lines.
    ///
    /// The walk goes on to a mount wherever one lies on the mount it has come to; so one of the same parent on a folder
    /// above, or one on its own top folder, covers it. A parent without a line lies outside of this process's root, and
    /// what is mounted over that root is never come to: the walk begins below (path_resolution(7), tried).
    static func reachable(_ lines: [MountLine]) -> [MountTable.Entry] {
        // Arrays alone: to make the first set or dictionary of a kind of key takes as long as all of this.
        let anchors = anchors(of: lines)
        // Mounts on the same mount stand together, each behind those on the folders above it.
        let order = lines.indices
            .filter { anchors[$0] == outside || lines[$0].entry.point != "/" }
            .sorted { left, right in
                anchors[left] != anchors[right]
                    ? anchors[left] < anchors[right] : isAhead(lines[left].entry.point, lines[right].entry.point)
            }
        var isHidden = [Bool](repeating: true, count: lines.count)
        var isCovered = [Bool](repeating: false, count: lines.count)
        var last: Int?
        for index in order {
            let (anchor, point) = (anchors[index], lines[index].entry.point)
            if anchor != outside, AbsolutePath.isSame(lines[anchor].entry.point, point) { isCovered[anchor] = true }
            if let last, anchors[last] == anchor, isBelow(point, lines[last].entry.point) { continue }
            isHidden[index] = false
            last = index
        }
        return lines.indices.filter { !isCovered[$0] && isReached($0, anchors, isHidden) }.map { lines[$0].entry }
    }

    private static let outside = -1

    /// For each line the index of the one that it lies on, or `outside`; the root of a namespace lies on itself.
    private static func anchors(of lines: [MountLine]) -> [Int] {
        let byNumber = lines.indices.sorted { lines[$0].number < lines[$1].number }
        return lines.map { line in
            if line.parent == line.number { return outside }
            var (low, high) = (0, byNumber.count)
            while low < high {
                let middle = (low + high) / 2
                if lines[byNumber[middle]].number < line.parent { low = middle + 1 } else { high = middle }
            }
            return low < byNumber.count && lines[byNumber[low]].number == line.parent ? byNumber[low] : outside
        }
    }

    /// Whether all mounts from a line to the root are come to.
    private static func isReached(_ line: Int, _ anchors: [Int], _ isHidden: [Bool]) -> Bool {
        var index = line
        // A table that leads in a circle, which the kernel has none of, leads nowhere.
        for _ in anchors.indices {
            if isHidden[index] { return false }
            index = anchors[index]
            if index == outside { return true }
        }
        return false
    }

    private static func isBelow(_ path: String, _ folder: String) -> Bool {
        path.utf8.count > folder.utf8.count && AbsolutePath.contains(folder, path)
    }

    /// An order by bytes in which what lies below a folder follows it at once: the slash is the lowest of all.
    private static func isAhead(_ left: String, _ right: String) -> Bool {
        let slash = UInt8(ascii: "/")
        return left.utf8.lexicographicallyPrecedes(right.utf8) { $0 != $1 && ($0 == slash || $1 != slash && $0 < $1) }
    }
}
