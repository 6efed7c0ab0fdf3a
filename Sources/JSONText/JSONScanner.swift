/// One pass over a document's bytes that refuses everything but strict JSON and blanks comments.
///
/// It builds nothing: it checks the grammar, counts members, and knows the place of what is wrong.
struct JSONScanner {
    enum Container {
        case array
        case object
    }

    enum Expectation {
        case value
        case firstItem
        case firstKey
        case key
        case colon
        case separator
        case end
    }

    let bytes: [UInt8]
    let acceptsComments: Bool
    let maximumDepth: Int
    var position = 0
    /// The document with its comments as spaces, line ends kept; nil when it has none.
    var blanked: [UInt8]?
    /// How many keys all objects have together.
    var memberCount = 0
    /// Set to have a duplicate key refused, which costs a set of strings an object.
    var keys: JSONKeyRecord?
    private var containers: [Container] = []

    init(_ bytes: [UInt8], acceptsComments: Bool, maximumDepth: Int) {
        self.bytes = bytes
        self.acceptsComments = acceptsComments
        self.maximumDepth = maximumDepth
    }

    /// Reads the whole document, or throws what is wrong first.
    mutating func scan() throws(JSONSyntaxError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw failure("a byte order mark; the document must begin without one", at: 0)
        }
        var expected = Expectation.value
        while try skipBlank() {
            let byte = bytes[position]
            switch expected {
            case .value, .firstItem:
                expected = try scanValue(byte, endsArray: expected == .firstItem)
            case .firstKey, .key:
                expected = try scanKey(byte, endsObject: expected == .firstKey)
            case .colon:
                guard byte == UInt8(ascii: ":") else { throw unexpected("\":\" after the key") }
                position += 1
                expected = .value
            case .separator:
                expected = try scanSeparator(byte)
            case .end:
                throw unexpected("the end of the document")
            }
        }
        guard expected == .end else { throw failure("unexpected end of the document", at: position) }
    }

    private mutating func scanValue(_ byte: UInt8, endsArray: Bool) throws(JSONSyntaxError) -> Expectation {
        switch byte {
        case UInt8(ascii: "\""):
            try scanString(isKey: false)
        case UInt8(ascii: "{"):
            try open(.object)
            return .firstKey
        case UInt8(ascii: "["):
            try open(.array)
            return .firstItem
        case UInt8(ascii: "]") where endsArray:
            return close()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try scanNumber()
        default:
            try scanWord()
        }
        return afterValue
    }

    private mutating func scanKey(_ byte: UInt8, endsObject: Bool) throws(JSONSyntaxError) -> Expectation {
        if byte == UInt8(ascii: "}"), endsObject {
            return close()
        }
        guard byte == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
        let start = position
        try scanString(isKey: true)
        memberCount += 1
        if let key = keys?.repeated(bytes[start..<position]) {
            throw failure("duplicate key \(JSONExcerpt.quoted(key))", at: start)
        }
        return .colon
    }

    private mutating func scanSeparator(_ byte: UInt8) throws(JSONSyntaxError) -> Expectation {
        let container = containers.last
        switch byte {
        case UInt8(ascii: ","):
            position += 1
            return container == .object ? .key : .value
        case UInt8(ascii: "}") where container == .object, UInt8(ascii: "]") where container == .array:
            return close()
        default:
            throw unexpected(container == .object ? "\",\" or \"}\"" : "\",\" or \"]\"")
        }
    }

    private var afterValue: Expectation {
        containers.isEmpty ? .end : .separator
    }

    private mutating func open(_ container: Container) throws(JSONSyntaxError) {
        guard containers.count < maximumDepth else {
            throw failure("nested deeper than \(maximumDepth) levels", at: position)
        }
        containers.append(container)
        if container == .object {
            keys?.openObject()
        }
        position += 1
    }

    private mutating func close() -> Expectation {
        if containers.popLast() == .object {
            keys?.closeObject()
        }
        position += 1
        return afterValue
    }
}
