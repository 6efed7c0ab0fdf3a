import JSONText
import Testing

@Suite("JSONShape.check")
struct JSONShapeCheckTests {
    private static let absolute = JSONStringRule.pattern("^/", description: "an absolute path") { $0.hasPrefix("/") }

    private static let mount = JSONShape.object(
        JSONObjectShape(fields: [
            JSONField(name: "bind", shape: .string(.nonEmpty), required: true),
            JSONField(name: "at", shape: .string(absolute), required: true),
            JSONField(name: "mode", shape: .string(.oneOf(["ro", "rw"]))),
        ])
    )

    private static let spec = JSONShape.object(
        JSONObjectShape(fields: [
            JSONField(name: "command", shape: .array(of: .string(.any), minimum: 1), required: true),
            JSONField(name: "mounts", shape: .array(of: mount, minimum: 0)),
            JSONField(name: "uid", shape: .integer(0...4_294_967_294)),
            JSONField(name: "env", shape: .map(keys: .nonEmpty, of: .string(.any))),
            JSONField(name: "tty", shape: .bool),
        ])
    )

    @Test("what fits is taken")
    func fits() {
        let value: JSONValue = [
            "command": ["true"], "mounts": [["bind": ".", "at": "/p", "mode": "rw"]], "uid": 4_294_967_294,
            "env": ["A": "1"], "tty": false,
        ]
        #expect(problem(Self.spec, value) == nil)
    }

    @Test("an unknown key is named with its path and the key that may have been meant")
    func unknownKey() {
        #expect(
            problem(Self.spec, ["command": ["x"], "mout": []])
                == #"mout: unknown key "mout"; did you mean "mounts"?"#
        )
        #expect(
            problem(Self.spec, ["command": ["x"], "mounts": [["bind": "a", "at": "/b", "moed": "ro"]]])
                == #"mounts[0].moed: unknown key "moed"; did you mean "mode"?"#
        )
        #expect(problem(Self.spec, ["command": ["x"], "TTY": true])?.hasSuffix(#"did you mean "tty"?"#) == true)
        #expect(problem(Self.spec, ["command": ["x"], "colour": true]) == #"colour: unknown key "colour""#)
        #expect(problem(Self.spec, ["command": ["x"], "": true]) == #"[""]: unknown key """#)
    }

    @Test("of several unknown keys the first by bytes is named, before a missing one")
    func severalUnknown() {
        for _ in 0..<20 {
            #expect(problem(Self.spec, ["zz1": 1, "qq2": 2, "comand": []])?.hasPrefix("comand: unknown key") == true)
        }
    }

    @Test("a missing key is named with the path of its object")
    func missingKey() {
        #expect(problem(Self.spec, [:]) == #"missing key "command""#)
        #expect(
            problem(Self.spec, ["command": ["x"], "mounts": [["bind": "a"]]]) == #"mounts[0]: missing key "at""#
        )
    }

    @Test("a wrong kind is named by both kinds")
    func wrongKind() {
        #expect(problem(.string(.any), 1) == "expected a string, found an integer")
        #expect(problem(.string(Self.absolute), true) == "expected a string, found a boolean")
        #expect(problem(.bool, "true") == "expected a boolean, found a string")
        #expect(problem(.integer(0...1), 1.0) == "expected an integer, found a number")
        #expect(problem(.number(0...1), "x") == "expected a number, found a string")
        #expect(problem(.null, [:]) == "expected null, found an object")
        #expect(problem(.array(of: .any, minimum: 0), .null) == "expected an array, found null")
        #expect(problem(Self.spec, []) == "expected an object, found an array")
        #expect(problem(.string(.oneOf(["ro", "rw"])), 1) == #"expected one of "ro", "rw", found an integer"#)
    }

    @Test("paths lead through arrays, objects and keys that are no identifiers")
    func paths() {
        #expect(problem(Self.spec, ["command": ["a", 2]]) == "command[1]: expected a string, found an integer")
        #expect(
            problem(Self.spec, ["command": ["a"], "env": ["a b": 2]])
                == #"env["a b"]: expected a string, found an integer"#
        )
        let given = problem(Self.mount, ["bind": 1, "at": "/"], at: "mounts[2]")
        #expect(given == "mounts[2].bind: expected a string, found an integer")
        #expect(problem(.array(of: .bool, minimum: 0), [1], at: "a") == "a[0]: expected a boolean, found an integer")
    }

    @Test("rules of strings say what they want and show what they got")
    func strings() {
        #expect(problem(.string(.oneOf(["ro", "rw"])), "wr") == #"expected one of "ro", "rw", found "wr""#)
        #expect(problem(.string(.oneOf(["ro"])), "wr") == #"expected "ro", found "wr""#)
        #expect(problem(.string(.nonEmpty), "") == #"expected a string that is not empty, found """#)
        #expect(problem(.string(Self.absolute), "a/b") == #"expected an absolute path, found "a/b""#)
        #expect(problem(.string(.any.limited(to: 3)), "é日") == "expected at most 3 bytes, found 5")
        #expect(problem(.string(.any.limited(to: 5)), "é日") == nil)
        #expect(problem(.string(.oneOf(["\u{E9}"])), "e\u{301}") != nil)
    }

    @Test("control characters are escaped and long values cut at 60")
    func excerpts() {
        #expect(
            problem(.string(.oneOf(["a"])), "\u{1B}[2J\n\u{7F}\u{9B}\u{202E}\"\\é")
                == #"expected "a", found "\u001b[2J\n\u007f\u009b\u202e\"\\é""#
        )
        let cut = String(repeating: "x", count: 60)
        #expect(problem(.string(.oneOf(["a"])), .string(cut)) == "expected \"a\", found \"\(cut)\"")
        #expect(problem(.string(.oneOf(["a"])), .string(cut + "y")) == "expected \"a\", found \"\(cut)…\"")
        let key = String(repeating: "k", count: 1_000)
        #expect(problem(Self.spec, .object([key: 1])).map { $0.utf8.count < 300 } == true)
        #expect(problem(Self.spec, ["\u{1B}[2J": 1]) == #"["\u001b[2J"]: unknown key "\u001b[2J""#)
    }

    @Test("ranges are named by the bounds that say something")
    func ranges() {
        #expect(problem(.integer(0...4_294_967_294), -1) == "out of range: 0 … 4294967294")
        #expect(problem(.integer(0...4_294_967_294), 4_294_967_295) == "out of range: 0 … 4294967294")
        #expect(problem(.integer(1...Int64.max), 0) == "out of range: at least 1")
        #expect(problem(.integer(Int64.min...0), 1) == "out of range: at most 0")
        #expect(problem(.integer(Int64.min...Int64.max), .integer(.min)) == nil)
        #expect(problem(.number(0.5...2), 0) == "out of range: 0.5 … 2.0")
        #expect(problem(.number(0.5...2), 1) == nil)
        #expect(problem(.number(0...Double.infinity), -0.5) == "out of range: at least 0.0")
        #expect(problem(.number(0...1), .number(.nan)) == "out of range: 0.0 … 1.0")
    }

    @Test("an array has its least number of items")
    func arrays() {
        #expect(problem(Self.spec, ["command": []]) == "command: expected at least 1 item, found 0")
        #expect(problem(.array(of: .any, minimum: 2), [1]) == "expected at least 2 items, found 1")
        #expect(problem(.array(of: .any, minimum: 2), [1, .null]) == nil)
        let sequence = JSONShape.sequence(first: .bool, rest: .integer(0...9))
        #expect(problem(sequence, []) == "expected at least 1 item, found 0")
        #expect(problem(sequence, [1]) == "[0]: expected a boolean, found an integer")
        #expect(problem(sequence, [true, 1, true]) == "[2]: expected an integer, found a boolean")
        #expect(problem(sequence, [true]) == nil)
        #expect(problem(sequence, [true, 1, 2]) == nil)
        #expect(problem(sequence, "x") == "expected an array, found a string")
    }

    @Test("a map's keys are checked, the first by bytes first")
    func maps() {
        let name = JSONStringRule.pattern("^[A-Z]+$", description: "a variable's name") { key in
            key.utf8.allSatisfy { (0x41...0x5A).contains($0) }
        }
        let shape = JSONShape.map(keys: name, of: .integer(0...9))
        #expect(problem(shape, ["A": 1, "B": 9]) == nil)
        #expect(problem(shape, ["A": 1, "a=b": 9]) == #"["a=b"]: bad key: expected a variable's name, found "a=b""#)
        for _ in 0..<20 {
            #expect(problem(shape, ["C": 10, "B": 11, "D": 12]) == "B: out of range: 0 … 9")
        }
    }

    @Test("a constant is itself alone")
    func constants() {
        #expect(problem(.constant("v1"), "v1") == nil)
        #expect(problem(.constant("v1"), "v2") == #"expected "v1", found "v2""#)
        #expect(problem(.constant(true), false) == "expected true, found false")
        #expect(problem(.constant("v1"), [1]) == #"expected "v1", found an array"#)
        #expect(problem(.any, [1, .null]) == nil)
    }

    @Test("a field is found by its exact name")
    func fields() {
        let shape = JSONObjectShape(fields: [
            JSONField(name: "K", shape: .any), JSONField(name: "l", shape: .bool, required: true, defaultValue: true),
        ])
        #expect(shape.field(named: "l")?.required == true)
        #expect(shape.field(named: "l")?.defaultValue == true)
        #expect(shape.field(named: "L")?.name == nil)
        // U+212A, the Kelvin sign, is canonically equivalent to K.
        #expect(shape.field(named: "\u{212A}")?.name == nil)
        #expect(problem(.object(shape), ["l": true, "\u{212A}": 1])?.contains("unknown key") == true)
    }
}
