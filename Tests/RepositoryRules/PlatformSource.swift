/// A source file by lines, each with the system that compiles it, without comments and the content of strings.
struct PlatformSource {
    /// Who compiles a line.
    enum System { case both, linux, darwin }

    struct Line {
        /// Counted from 1.
        let number: Int
        let text: String
        let system: System

        /// Identifiers and numbers.
        var words: [String] {
            text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        }

        /// Whether it decides on what is compiled.
        var isCondition: Bool { PlatformSource.directive(text) != nil }
    }

    let lines: [Line]

    /// `isLinuxOnly` tells of a word that testing for it (`#if defined(WORD)`) is testing for Linux.
    init(_ text: String, isSwift: Bool, isLinuxOnly: (String) -> Bool = { _ in false }) {
        var found: [Line] = []
        var conditions: [Condition] = []
        let code = String(decoding: SourceText(Array(text.utf8), isSwift: isSwift).code, as: UTF8.self)
        for (index, line) in code.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let directive = Self.directive(String(line)) {
                switch directive.name {
                case "if", "ifdef": conditions.append(Condition(Self.system(directive.rest, isLinuxOnly)))
                case "ifndef": conditions.append(Condition(.both))
                case "elif", "elseif": conditions[conditions.count - 1].next(Self.system(directive.rest, isLinuxOnly))
                case "else": conditions[conditions.count - 1].otherwise()
                default: _ = conditions.popLast()
                }
            }
            let system = conditions.lazy.map(\.system).first { $0 != .both } ?? .both
            found.append(Line(number: index + 1, text: String(line), system: system))
        }
        lines = found
    }

    /// The branches of one `#if`.
    private struct Condition {
        private(set) var system: System
        private var seen: [System]

        init(_ system: System) {
            self.system = system
            seen = [system]
        }

        mutating func next(_ system: System) {
            self.system = system
            seen.append(system)
        }

        /// What neither Linux nor Darwin took before is the other's.
        mutating func otherwise() {
            system =
                switch (seen.contains(.linux), seen.contains(.darwin)) {
                case (true, false): .darwin
                case (false, true): .linux
                default: .both
                }
        }
    }

    private static func directive(_ line: String) -> (name: String, rest: String)? {
        let text = line.drop { $0 == " " || $0 == "\t" }
        guard text.hasPrefix("#") else { return nil }
        let name = text.dropFirst().drop { $0 == " " }.prefix { $0.isLetter }
        guard ["if", "ifdef", "ifndef", "elif", "elseif", "else", "endif"].contains(name) else { return nil }
        return (String(name), String(text[name.endIndex...]))
    }

    private static func system(_ condition: String, _ isLinuxOnly: (String) -> Bool) -> System {
        let linux = ["os(Linux)", "canImport(Glibc)", "canImport(Musl)", "canImport(CSeccomp)", "__linux__"]
        let darwin = ["os(macOS)", "canImport(Darwin)", "__APPLE__"]
        if let name = linux.first(where: condition.contains) {
            return condition.contains("!" + name) ? .darwin : .linux
        }
        if let name = darwin.first(where: condition.contains) {
            return condition.contains("!" + name) ? .linux : .darwin
        }
        let words = condition.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return words.contains { isLinuxOnly(String($0)) } ? .linux : .both
    }
}

/// Tells code from comments and strings, of Swift or of C.
private struct SourceText {
    private enum Mode: Equatable {
        /// Parentheses that are open in an interpolation; nil outside of one.
        case code(depth: Int?)
        case lineComment
        case blockComment(depth: Int)
        case string(hashes: Int, quotes: Int)
    }

    private let bytes: [UInt8]
    private let isSwift: Bool
    private var modes: [Mode] = [.code(depth: nil)]
    private var index = 0
    /// The same bytes, with blanks for what is no code.
    private(set) var code: [UInt8]

    init(_ bytes: [UInt8], isSwift: Bool) {
        self.bytes = bytes
        self.isSwift = isSwift
        code = bytes
        while index < bytes.count {
            switch modes[modes.count - 1] {
            case .code(let depth): readCode(depth)
            case .lineComment:
                if bytes[index] == 0x0A { modes.removeLast() } else { blank(1) }
            case .blockComment(let depth): readBlockComment(depth)
            case .string(let hashes, let quotes): readString(hashes, quotes)
            }
        }
    }

    private func isAt(_ text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

    /// Blanks so many bytes, line ends aside; a line end that should be one is passed over.
    private mutating func blank(_ count: Int) {
        for _ in 0..<count where index < bytes.count {
            if bytes[index] != 0x0A { code[index] = 0x20 }
            index += 1
        }
    }

    private mutating func readCode(_ depth: Int?) {
        if isAt("//") {
            modes.append(.lineComment)
        } else if isAt("/*") {
            blank(2)
            modes.append(.blockComment(depth: 1))
        } else if !isSwift, bytes[index] == UInt8(ascii: "'") {
            blank(1)
            while index < bytes.count, bytes[index] != UInt8(ascii: "'") {
                blank(bytes[index] == UInt8(ascii: "\\") ? 2 : 1)
            }
            blank(1)
        } else if let start = stringStart() {
            blank(start.hashes + start.quotes)
            modes.append(.string(hashes: start.hashes, quotes: start.quotes))
        } else if let depth, bytes[index] == UInt8(ascii: ")"), depth == 1 {
            blank(1)
            modes.removeLast()
        } else {
            if let depth {
                if bytes[index] == UInt8(ascii: "(") { modes[modes.count - 1] = .code(depth: depth + 1) }
                if bytes[index] == UInt8(ascii: ")") { modes[modes.count - 1] = .code(depth: depth - 1) }
            }
            index += 1
        }
    }

    private func stringStart() -> (hashes: Int, quotes: Int)? {
        let hashes = isSwift ? bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count : 0
        let quotes = bytes[(index + hashes)...].prefix { $0 == UInt8(ascii: "\"") }.count
        if quotes == 0 { return nil }
        return (hashes, isSwift && quotes >= 3 ? 3 : 1)
    }

    private mutating func readBlockComment(_ depth: Int) {
        if isAt("*/") {
            blank(2)
            modes[modes.count - 1] = .blockComment(depth: depth - 1)
            if depth == 1 { modes.removeLast() }
        } else if isSwift, isAt("/*") {
            blank(2)
            modes[modes.count - 1] = .blockComment(depth: depth + 1)
        } else {
            blank(1)
        }
    }

    private mutating func readString(_ hashes: Int, _ quotes: Int) {
        let fence = String(repeating: "#", count: hashes)
        if isAt(String(repeating: "\"", count: quotes) + fence) {
            blank(quotes + hashes)
            modes.removeLast()
        } else if isSwift, isAt("\\" + fence + "(") {
            blank(2 + hashes)
            modes.append(.code(depth: 1))
        } else {
            blank(isAt("\\" + fence) ? 2 + hashes : 1)
        }
    }
}
