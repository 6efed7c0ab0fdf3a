/// The mounts of this process that some path leads to, from /proc/self/mountinfo (proc_pid_mountinfo(5)).
///
/// Of mounts at one place the topmost counts; one below a folder that was mounted over later is not in it.
package struct MountTable: Sendable, Hashable {
    /// One line: the file system's device, which part of it is mounted, and where.
    package struct Entry: Sendable, Hashable {
        package let device: String
        package let root: String
        package let point: String
        package let fileSystem: String

        package init(device: String, root: String, point: String, fileSystem: String) {
            self.device = device
            self.root = root
            self.point = point
            self.fileSystem = fileSystem
        }
    }

    package let entries: [Entry]

    package init(entries: [Entry]) { self.entries = entries }

    /// Reads the table of this process; empty where there is no /proc.
    package static func current() -> MountTable {
        guard let file = try? OwnedDescriptor.open("/proc/self/mountinfo", [.read]),
            let bytes = try? FileContent.read(descriptor: file.number, sizeHint: 16384, limit: 16 << 20)
        else { return MountTable(entries: []) }
        return MountTable(parsing: bytes)
    }

    package init(parsing bytes: [UInt8]) {
        var mounts: [MountLine] = []
        // Where each field of a line begins, and one behind the last.
        var starts = [0]
        for index in 0...bytes.count {
            // The last line may lack its end.
            let byte = index < bytes.count ? bytes[index] : 0x0A
            guard byte == 0x20 || byte == 0x0A else { continue }
            starts.append(index + 1)
            guard byte == 0x0A else { continue }
            if let line = Self.line(bytes, starts) { mounts.append(line) }
            starts = [index + 1]
        }
        entries = MountLine.reachable(mounts)
    }

    /// Fields 1 to 5 are number, parent's number, device, root and mount point; the type follows the lone dash.
    private static func line(_ bytes: [UInt8], _ starts: [Int]) -> MountLine? {
        func field(_ index: Int) -> ArraySlice<UInt8> { bytes[starts[index]..<(starts[index + 1] - 1)] }
        let count = starts.count - 1
        guard count >= 10, let dash = (0..<count).first(where: { field($0).elementsEqual([0x2D]) }) else { return nil }
        let entry = Entry(
            device: String(decoding: field(2), as: UTF8.self),
            root: unescaped(field(3)),
            point: unescaped(field(4)),
            fileSystem: dash + 1 < count ? unescaped(field(dash + 1)) : ""
        )
        return MountLine(number: number(field(0)), parent: number(field(1)), entry: entry)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        Int(String(decoding: digits, as: UTF8.self)) ?? -1
    }

    /// The mount that a real path (no symlinks) lies on: the last one with the longest mount point above it.
    package func entry(holding path: String) -> Entry? {
        var best: Entry?
        for entry in entries where AbsolutePath.contains(entry.point, path) {
            if entry.point.utf8.count >= (best?.point.utf8.count ?? 0) { best = entry }
        }
        return best
    }

    /// Every host path under which the object at a real path, or a part of it, can be found; itself first.
    ///
    /// A bind mount shows a folder under a second name: both have the same device and place in the file system. What is
    /// mounted below the object belongs to it, and may be shown elsewhere too.
    package func aliases(of path: String) -> [String] {
        guard let home = entry(holding: path) else { return [path] }
        var places = [
            (device: home.device, place: AbsolutePath.join(home.root, AbsolutePath.relative(path, to: home.point)))
        ]
        for entry in entries where AbsolutePath.contains(path, entry.point) && path.utf8.count < entry.point.utf8.count
        {
            places.append((entry.device, entry.root))
        }
        var result = [path]
        for (device, place) in places {
            for entry in entries where entry.device == device {
                let name: String
                if AbsolutePath.contains(entry.root, place) {
                    name = AbsolutePath.join(entry.point, AbsolutePath.relative(place, to: entry.root))
                } else if AbsolutePath.contains(place, entry.root) {
                    name = entry.point
                } else {
                    continue
                }
                // Below the object itself it is covered with it; a place that another mount covers shows nothing.
                guard !AbsolutePath.contains(path, name), self.entry(holding: name) == entry,
                    !result.contains(where: { AbsolutePath.isSame($0, name) })
                else { continue }
                result.append(name)
            }
        }
        return result
    }

    /// Undoes the octal escapes of blanks, tabs, line ends and backslashes.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        guard field.contains(UInt8(ascii: "\\")) else { return String(decoding: field, as: UTF8.self) }
        var result: [UInt8] = []
        var index = field.startIndex
        while index < field.endIndex {
            if field[index] == UInt8(ascii: "\\"), index + 3 < field.endIndex,
                let value = UInt8(String(decoding: field[(index + 1)...(index + 3)], as: UTF8.self), radix: 8)
            {
                result.append(value)
                index += 4
            } else {
                result.append(field[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
