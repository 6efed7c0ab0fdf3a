import JSONText
import Testing

@Suite("JSONFieldPath")
struct JSONFieldPathTests {
    private func set(_ path: String, _ new: JSONValue, in root: JSONValue) throws -> JSONValue {
        try JSONFieldPath(parsing: path).setting(new, in: root)
    }

    private func failure(_ body: () throws(JSONShapeError) -> Void) -> JSONShapeError? {
        do throws(JSONShapeError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a path's steps are read, and written in one form",
        arguments: [
            ("a", [.key("a")], "a"),
            ("a.b[2].c", [.key("a"), .key("b"), .index(2), .key("c")], "a.b[2].c"),
            ("mounts[+]", [.key("mounts"), .append], "mounts[+]"),
            ("mounts[+].bind", [.key("mounts"), .append, .key("bind")], "mounts[+].bind"),
            (#"a["b.c"].d"#, [.key("a"), .key("b.c"), .key("d")], #"a["b.c"].d"#),
            (#"["a.b"]"#, [.key("a.b")], #"["a.b"]"#),
            (#"["a"]["b"]"#, [.key("a"), .key("b")], "a.b"),
            (#"["a]\"\\="].x"#, [.key("a]\"\\="), .key("x")], #"["a]\"\\="].x"#),
            (#"["\u00e9"]"#, [.key("é")], #"["é"]"#),
            ("env.set.LC_ALL", [.key("env"), .key("set"), .key("LC_ALL")], "env.set.LC_ALL"),
            ("a b", [.key("a b")], #"["a b"]"#),
            ("9", [.key("9")], #"["9"]"#),
            (#"[""]"#, [.key("")], #"[""]"#),
            ("[0][1]", [.index(0), .index(1)], "[0][1]"),
        ] as [(String, [JSONFieldPath.Step], String)]
    )
    func reading(text: String, steps: [JSONFieldPath.Step], description: String) throws {
        let path = try JSONFieldPath(parsing: text)
        #expect(path.steps == steps)
        #expect(path.description == description)
        #expect(try JSONFieldPath(parsing: path.description) == path)
    }

    @Test(
        "a path that can't be read is refused with the place",
        arguments: [
            ("", #"bad path "": expected a key at the end"#),
            (".a", #"bad path ".a": expected a key at character 1"#),
            ("a.", #"bad path "a.": expected a key at the end"#),
            ("a..b", #"bad path "a..b": expected a key at character 3"#),
            ("a[0]b", #"bad path "a[0]b": expected "." or "[" at character 5"#),
            ("a]", #"bad path "a]": expected "." or "[" at character 2"#),
            ("é[1", #"bad path "é[1": "[" without "]" at character 2"#),
            (#"["a"#, #"bad path "[\"a": "[" without "]" at character 1"#),
            (#"["a\"#, #"bad path "[\"a\\": "[" without "]" at character 1"#),
            ("a[]", #"bad path "a[]": expected [INDEX], [+] or ["KEY"] at character 2"#),
            ("a[-1]", #"bad path "a[-1]": expected [INDEX], [+] or ["KEY"] at character 2"#),
            ("a[99999999999999999999]", nil),
            (#"a["b"c]"#, #"bad path "a[\"b\"c]": expected [INDEX], [+] or ["KEY"] at character 2"#),
            ("a\u{1B}[2J", #"bad path "a\u001b[2J": expected "." or "[" at character 2"#),
        ] as [(String, String?)]
    )
    func unreadable(text: String, message: String?) {
        let error = failure { () throws(JSONShapeError) in _ = try JSONFieldPath(parsing: text) }
        #expect(error != nil)
        #expect(error?.path == "")
        #expect(message == nil || error?.message == message)
    }

    @Test("a path of more than 64 steps is refused")
    func tooDeep() throws {
        let path = Array(repeating: "a", count: 64).joined(separator: ".")
        #expect(try JSONFieldPath(parsing: path).steps.count == 64)
        #expect(failure { () throws(JSONShapeError) in _ = try JSONFieldPath(parsing: path + ".a") } != nil)
    }

    @Test("a field is replaced, and all else stays")
    func replacing() throws {
        let root: JSONValue = ["a": ["b": [1, 2, ["c": 3]]], "x": true]
        #expect(try set("a.b[2].c", 4, in: root) == ["a": ["b": [1, 2, ["c": 4]]], "x": true])
        #expect(try set("a", .null, in: root) == ["a": .null, "x": true])
        #expect(try set("a.b[0]", [:], in: root) == ["a": ["b": [[:], 2, ["c": 3]]], "x": true])
    }

    @Test("missing objects and arrays are made on the way")
    func making() throws {
        #expect(try set("a.b.c", 1, in: [:]) == ["a": ["b": ["c": 1]]])
        #expect(try set("mounts[+].bind", "/x", in: [:]) == ["mounts": [["bind": "/x"]]])
        #expect(try set("a[+]", 2, in: ["a": [1]]) == ["a": [1, 2]])
        #expect(try set("a[+][+]", 2, in: ["a": [1]]) == ["a": [1, [2]]])
    }

    @Test("a step into another kind or past the end is refused with the path of what is there")
    func wrongStep() throws {
        func message(_ path: String, _ root: JSONValue) throws -> String? {
            let path = try JSONFieldPath(parsing: path)
            return failure { () throws(JSONShapeError) in _ = try path.setting(1, in: root) }?.description
        }
        #expect(try message("a.b.c", ["a": ["b": "x"]]) == "a.b: expected an object, found a string")
        #expect(try message("a.b", ["a": .null]) == "a: expected an object, found null")
        #expect(try message("a[0]", ["a": [:]]) == "a: expected an array, found an object")
        #expect(try message("a[+]", ["a": 1]) == "a: expected an array, found an integer")
        #expect(try message("a[1].b", ["a": [1]]) == "a: there is no item 1: the array has 1 item")
        #expect(try message("a[0]", [:]) == "a: there is no item 0: the array has 0 items")
        #expect(try message("a", [1]) == "expected an object, found an array")
        let forms = try #require(try message("a.cafe\u{301}", ["a": ["caf\u{E9}": 1]]))
        #expect(forms.hasPrefix("a: ") && forms.contains("another Unicode normal form"))
        #expect(try set("a.caf\u{E9}", 2, in: ["a": ["caf\u{E9}": 1]]) == ["a": ["caf\u{E9}": 2]])
    }

    @Test("an assignment is split at the first sign outside brackets")
    func assignments() throws {
        func split(_ text: String) throws -> [String] {
            let (path, value) = try JSONFieldPath.parsing(assignment: text)
            return [path.description, value]
        }
        #expect(try split("a.b=c=d") == ["a.b", "c=d"])
        #expect(try split("a=") == ["a", ""])
        #expect(try split(#"env.set["A=B"]=é"#) == [#"env.set["A=B"]"#, "é"])
        #expect(try split("m[+]={}") == ["m[+]", "{}"])
        let missing = failure { () throws(JSONShapeError) in _ = try JSONFieldPath.parsing(assignment: "a.b") }
        #expect(missing?.message == #"bad path "a.b": expected "=" and a value at the end"#)
        let empty = failure { () throws(JSONShapeError) in _ = try JSONFieldPath.parsing(assignment: "=1") }
        #expect(empty?.message == #"bad path "=1": expected a key at character 1"#)
    }
}
