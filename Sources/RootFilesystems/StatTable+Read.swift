extension StatTable {
    /// One entry of a table.
    struct Entry {
        enum Content {
            case file(FileKey)
            case folder
            case symlink(target: [UInt8])
        }

        /// Below the top, which itself has none.
        let path: [UInt8]
        let mode: UInt16
        let content: Content
    }

    /// Hands over all entries in their order; false where the bytes are no table.
    func visit<Failure: Error>(_ body: (Entry) throws(Failure) -> Void) throws(Failure) -> Bool {
        var place = 0
        // How long the path of each open folder is.
        var folders: [Int] = []
        var path: [UInt8] = []
        func number() -> Int? {
            guard place + 2 <= bytes.count else { return nil }
            defer { place += 2 }
            return Int(bytes[place]) | Int(bytes[place + 1]) << 8
        }
        func piece(_ count: Int?) -> ArraySlice<UInt8>? {
            guard let count, place + count <= bytes.count else { return nil }
            defer { place += count }
            return bytes[place..<place + count]
        }
        while place < bytes.count {
            guard let kind = Kind(rawValue: bytes[place]) else { return false }
            place += 1
            if kind == .end {
                guard folders.popLast() != nil else { return false }
                continue
            }
            guard let name = piece(number()), let mode = number() else { return false }
            path.removeLast(path.count - (folders.last ?? 0))
            if !path.isEmpty { path.append(0x2F) }
            path.append(contentsOf: name)
            let content: Entry.Content
            switch kind {
            case .file:
                guard let key = piece(FileKey.length) else { return false }
                content = .file(FileKey(key))
            case .symlink:
                guard let target = piece(number()) else { return false }
                content = .symlink(target: Array(target))
            default:
                content = .folder
                folders.append(path.count)
            }
            try body(Entry(path: path, mode: UInt16(mode & 0o7777), content: content))
        }
        return folders.isEmpty
    }
}
