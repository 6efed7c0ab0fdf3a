/// One step of a parsed glob.
enum GlobToken: Sendable, Hashable {
    case scalar(Unicode.Scalar)
    case any
    case star
    case everything
    /// `**/`: always followed by `insideFolders`, and passed over together with it.
    case folders
    case insideFolders
    case set([ClosedRange<Unicode.Scalar>], negated: Bool)

    var isLiteral: Bool {
        if case .scalar = self { true } else { false }
    }

    /// Whether the step reads `scalar` and is not over.
    func stays(on scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .star: scalar != "/"
        case .everything, .insideFolders: true
        default: false
        }
    }

    /// Whether the step ends with reading `scalar`.
    func passes(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .scalar(let own): own == scalar
        case .any: scalar != "/"
        case .insideFolders: scalar == "/"
        case .set(let ranges, let negated):
            scalar != "/" && ranges.contains(where: { $0.contains(scalar) }) != negated
        case .star, .everything, .folders: false
        }
    }

    /// The steps of a pattern, or nil when it is malformed.
    static func parse(_ pattern: String) -> [GlobToken]? {
        let scalars = Array(pattern.unicodeScalars)
        var tokens: [GlobToken] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*":
                var end = index
                while end < scalars.count, scalars[end] == "*" { end += 1 }
                let startsComponent = index == 0 || scalars[index - 1] == "/"
                if end - index == 2, startsComponent, end == scalars.count {
                    tokens.append(.everything)
                } else if end - index == 2, startsComponent, scalars[end] == "/" {
                    tokens += [.folders, .insideFolders]
                    end += 1
                } else {
                    tokens.append(.star)
                }
                index = end
            case "?":
                tokens.append(.any)
                index += 1
            case "[":
                guard let (set, end) = parseSet(scalars, from: index + 1) else { return nil }
                tokens.append(set)
                index = end
            case "\\":
                guard index + 1 < scalars.count else { return nil }
                tokens.append(.scalar(scalars[index + 1]))
                index += 2
            default:
                tokens.append(.scalar(scalars[index]))
                index += 1
            }
        }
        return tokens
    }

    /// The set that begins after a `[`, and the index after its `]`; a `]` in first place is a member.
    private static func parseSet(_ scalars: [Unicode.Scalar], from start: Int) -> (GlobToken, Int)? {
        var index = start
        let negated = index < scalars.count && (scalars[index] == "!" || scalars[index] == "^")
        if negated { index += 1 }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while index < scalars.count {
            if scalars[index] == "]", !ranges.isEmpty { return (.set(ranges, negated: negated), index + 1) }
            guard let low = member(scalars, &index) else { return nil }
            guard index + 1 < scalars.count, scalars[index] == "-", scalars[index + 1] != "]" else {
                ranges.append(low...low)
                continue
            }
            index += 1
            guard let high = member(scalars, &index), low <= high else { return nil }
            ranges.append(low...high)
        }
        return nil
    }

    private static func member(_ scalars: [Unicode.Scalar], _ index: inout Int) -> Unicode.Scalar? {
        if scalars[index] == "\\" { index += 1 }
        guard index < scalars.count else { return nil }
        defer { index += 1 }
        return scalars[index]
    }
}
