/// A pattern of gitignore's kind, matched against a whole name or path.
///
/// `*` and `?` don't cross a slash; `**/` is any number of folders, `/**` everything below, `**` alone everything;
/// `[a-z]`, `[!a]` and `[^a]` are sets that never hold a slash; a backslash takes the next sign as it is (gitignore(5),
/// fnmatch(3) with FNM_PATHNAME). Matching takes time in proportion to pattern times text, whatever the pattern.
package struct Glob: Sendable, Hashable {
    /// As it was written; equality is that of the text.
    package let pattern: String
    let tokens: [GlobToken]
    /// What every match begins with, in UTF-8: most names are turned away by it.
    private let prefix: [UInt8]

    /// Nil when a set is not closed or is empty, a range runs backwards, or the pattern ends in a backslash.
    package init?(_ pattern: String) {
        guard let tokens = GlobToken.parse(pattern) else { return nil }
        self.pattern = pattern
        self.tokens = tokens
        var prefix = ""
        for case .scalar(let scalar) in tokens.prefix(while: \.isLiteral) { prefix.unicodeScalars.append(scalar) }
        self.prefix = Array(prefix.utf8)
    }

    /// The only text that matches when the pattern has no wildcard, else nil.
    package var literal: String? {
        let prefix = literalPrefix
        return prefix.unicodeScalars.count == tokens.count ? prefix : nil
    }

    /// The deepest folder that holds every match: what comes before the first component with a wildcard.
    ///
    /// `/src/build` for `/src/build/**`, `/` for `/*.txt`, and an empty text for a relative pattern without a folder.
    package var fixedFolder: String {
        let prefix = literalPrefix
        guard let slash = prefix.lastIndex(of: "/") else { return "" }
        return slash == prefix.startIndex ? "/" : String(prefix[..<slash])
    }

    /// Whether the whole of `text` matches.
    package func matches(_ text: String) -> Bool {
        guard text.utf8.starts(with: prefix) else { return false }
        if tokens.allSatisfy(\.isLiteral) { return text.utf8.count == prefix.count }
        var states = [Bool](repeating: false, count: tokens.count + 1)
        enter(0, &states)
        for scalar in text.unicodeScalars {
            var next = [Bool](repeating: false, count: tokens.count + 1)
            for (index, token) in tokens.enumerated() where states[index] {
                if token.stays(on: scalar) { enter(index, &next) }
                if token.passes(scalar) { enter(index + 1, &next) }
            }
            states = next
        }
        return states[tokens.count]
    }

    /// Marks a state and those that are reached from it without reading a sign.
    private func enter(_ index: Int, _ states: inout [Bool]) {
        states[index] = true
        guard index < tokens.count else { return }
        switch tokens[index] {
        case .star, .everything: enter(index + 1, &states)
        case .folders:
            enter(index + 1, &states)
            enter(index + 2, &states)
        default: break
        }
    }

    private var literalPrefix: String { String(decoding: prefix, as: UTF8.self) }
}

extension Glob {
    package static func == (left: Glob, right: Glob) -> Bool { left.pattern == right.pattern }
    package func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}
