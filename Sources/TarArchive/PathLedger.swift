/// The paths of one archive so far: refuses those that could leave its folder, and those that can't lie side by side.
///
/// Holds 62 bits of each path's hash (Swift's, seeded anew in each process), so that a million paths take 16 to 32 MB
/// however long they are. Two paths of one hash would be refused as duplicates: among a million the odds are 1 in 9
/// million.
struct PathLedger: ~Copyable {
    private var places = PathTable()

    /// Enters a path.
    ///
    /// - Throws: ``TarError/Code/unsafePath``, ``TarError/Code/duplicate``.
    mutating func admit(_ path: [UInt8], isDirectory: Bool) throws(TarError) {
        guard let first = path.first else { throw TarError(.unsafePath, "the path is empty", path: path) }
        if first == UInt8(ascii: "/") { throw TarError(.unsafePath, "the path is absolute", path: path) }
        if path.contains(0) { throw TarError(.unsafePath, "the path holds a NUL", path: path) }

        var hasher = Hasher()
        var start = 0
        for end in path.indices where path[end] == UInt8(ascii: "/") {
            try Self.check(path[start..<end], of: path)
            Self.feed(path[start..<end], to: &hasher)
            try enterAncestor(hasher.finalize(), of: path)
            start = end + 1
        }
        try Self.check(path[start...], of: path)
        Self.feed(path[start...], to: &hasher)
        try enter(hasher.finalize(), path, isDirectory: isDirectory)
    }

    private mutating func enterAncestor(_ key: Int, of path: [UInt8]) throws(TarError) {
        switch places[key] {
        case .none: places[key] = .implied
        case .leaf: throw TarError(.duplicate, "the path lies below an entry that is no directory", path: path)
        case .implied, .directory: break
        }
    }

    private mutating func enter(_ key: Int, _ path: [UInt8], isDirectory: Bool) throws(TarError) {
        switch places[key] {
        case .none: places[key] = isDirectory ? .directory : .leaf
        case .implied where isDirectory: places[key] = .directory
        case .implied: throw TarError(.duplicate, "entries lie below the path, which is no directory", path: path)
        case .directory, .leaf: throw TarError(.duplicate, "the path is there twice", path: path)
        }
    }

    private static func check(_ component: ArraySlice<UInt8>, of path: [UInt8]) throws(TarError) {
        let dot = UInt8(ascii: ".")
        switch component.count {
        case 0: throw TarError(.unsafePath, "the path has an empty component", path: path)
        case 1 where component.first == dot: throw TarError(.unsafePath, "the path has a component \".\"", path: path)
        case 2 where component.first == dot && component.last == dot:
            throw TarError(.unsafePath, "the path has a component \"..\"", path: path)
        default: break
        }
    }

    private static func feed(_ component: ArraySlice<UInt8>, to hasher: inout Hasher) {
        unsafe component.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        hasher.combine(UInt8(ascii: "/"))
    }
}
