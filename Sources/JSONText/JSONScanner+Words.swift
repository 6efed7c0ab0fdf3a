extension JSONScanner {
    private static let words: [[UInt8]] = ["true", "false", "null"].map { Array($0.utf8) }
    private static let notNumbers: [[UInt8]] = ["NaN", "Infinity"].map { Array($0.utf8) }

    /// Reads `true`, `false` or `null`, or refuses whatever else begins no value.
    mutating func scanWord() throws(JSONSyntaxError) {
        let end = wordEnd(from: position)
        let word = bytes[position..<end]
        if Self.words.contains(where: { word.elementsEqual($0) }) {
            position = end
            return
        }
        if Self.notNumbers.contains(where: { word.elementsEqual($0) }) {
            throw failure("\(String(decoding: word, as: UTF8.self)) is no JSON number", at: position)
        }
        throw unexpected("a value")
    }
}
