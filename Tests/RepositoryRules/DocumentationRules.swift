import Testing

@Suite("Documentation", .tags(.medium))
struct DocumentationRules {
    /// A public declaration with the lines of its comment.
    private struct Declaration {
        let place: String
        let text: String
        let comment: [String]
    }

    @Test("every public symbol has a comment of sentences, and says what it throws")
    func publicSymbols() throws {
        let found = try Repository.files(below: "Sources").flatMap(declarations)
        try #require(found.count > 80)
        for declaration in found {
            let first = declaration.comment.first ?? ""
            let text = declaration.comment.joined(separator: " ")
            #expect(!declaration.comment.isEmpty, "\(declaration.place) has no documentation: \(declaration.text)")
            #expect(declaration.comment.isEmpty || first.first?.isLowercase == false, "\(declaration.place): \(first)")
            #expect(declaration.comment.isEmpty || text.contains("."), "\(declaration.place) is no sentence: \(text)")
            guard declaration.text.contains(" throws") else { continue }
            #expect(
                text.contains("- Throws: ``SandboxError``") || text.contains("- Throws: Whatever"),
                "\(declaration.place)"
            )
            #expect(declaration.text.contains("throws(SandboxError)"), "\(declaration.place) throws anything")
        }
    }

    @Test("the rule sees members, cases and requirements, and passes over what is not public")
    func rule() {
        let text = """
            /// Documented.
            public enum One: String {
                /// Documented too.
                case a
                case b
                package case c
                @discardableResult
                public func d(
                    e: Int
                ) throws(SandboxError) -> Int {
                    let f = 1
                }
            }
            package enum Two {
                case g
            }
            public protocol Three {
                func h()
            }
            extension One {
                static let i = 1
            }
            """
        let found = declarations(in: Repository.File(path: "Sources/X/Y.swift", text: text))
        #expect(found.map { !$0.comment.isEmpty } == [true, true, false, false, false, false])
        #expect(found.map(\.text).last == "func h()")
        #expect(found[3].text.contains("throws(SandboxError)"))
    }

    /// Public declarations of a file, cases of public enumerations and requirements of public protocols among them.
    private func declarations(in file: Repository.File) -> [Declaration] {
        let lines = file.lines
        var found: [Declaration] = []
        var comment: [String] = []
        // Indentations of the public types around a line whose members are public without saying so.
        var open: [Int] = []
        for (index, line) in lines.enumerated() {
            let text = line.drop { $0 == " " }
            let indent = line.count - text.count
            if text.hasPrefix("///") {
                comment.append(String(text.dropFirst(3).drop { $0 == " " }))
                continue
            }
            if text.isEmpty || text.hasPrefix("@") || text.hasPrefix("#") { continue }
            defer { comment = [] }
            open.removeAll { $0 >= indent }
            let isMember = open.last == indent - 4 && Self.members.contains { text.hasPrefix($0) }
            guard isMember || text.hasPrefix("public ") && !text.hasPrefix("public import") else { continue }
            if text.hasPrefix("public enum") || text.hasPrefix("public protocol") { open.append(indent) }
            // A signature over several lines ends where its parenthesis closes.
            let end = lines[index...].firstIndex { $0.drop { $0 == " " }.hasPrefix(")") }
            let isLong = line.hasSuffix("(")
            let signature = isLong ? lines[index...(end ?? index)].joined(separator: " ") : String(text)
            found.append(Declaration(place: "\(file.path):\(index + 1)", text: signature, comment: comment))
        }
        return found
    }

    private static let members = ["case ", "func ", "var ", "init", "associatedtype "]
}
