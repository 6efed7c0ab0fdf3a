/// The rule for names of specs, which `ls` and REF use (CLI.md, REF).
package enum SpecName {
    /// A name is a file in the store's `refs/names`, with room for an ending.
    package static let maximumLength = 200

    /// Whether `name` is `[A-Za-z_][A-Za-z0-9._-]*`, not `last`, and not eight or more hex digits only.
    package static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, isStart(first), name.utf8.count <= maximumLength else { return false }
        return name.utf8.allSatisfy(isRest) && !isReserved(name)
    }

    /// The name that stands for a file: without its folder and its last ending, other signs folded to `_`.
    ///
    /// Always valid: `_` is put before what would start wrongly or be read as `last` or a digest.
    package static func derived(fromFile path: String) -> String {
        var base = path.split(separator: "/").last.map(String.init) ?? ""
        if let dot = base.lastIndex(of: "."), dot != base.startIndex { base = String(base[..<dot]) }
        return folded(base)
    }

    /// The name that stands for a command given on the command line: its base name, folded in the same way.
    package static func derived(fromCommand path: String) -> String {
        folded(path.split(separator: "/").last.map(String.init) ?? "")
    }

    private static func folded(_ text: String) -> String {
        var name = ""
        for sign in text.prefix(maximumLength - 1) {
            let byte = sign.asciiValue ?? 0
            name.append(isRest(byte) ? sign : "_")
        }
        guard let first = name.utf8.first, isStart(first), !isReserved(name) else { return "_" + name }
        return name
    }

    private static func isStart(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == UInt8(ascii: "_")
    }

    private static func isRest(_ byte: UInt8) -> Bool {
        isStart(byte) || (byte >= 0x30 && byte <= 0x39) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    private static func isReserved(_ name: String) -> Bool {
        if name == "last" { return true }
        return name.utf8.count >= 8
            && name.utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
            }
    }
}
