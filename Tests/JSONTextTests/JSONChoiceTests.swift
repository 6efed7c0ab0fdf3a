import JSONText
import Testing

@Suite("A choice gives the error of what was meant")
struct JSONChoiceTests {
    private static func object(_ required: String, _ optional: String...) -> JSONShape {
        let fields = [JSONField(name: required, shape: .string(.any), required: true)]
        return .object(JSONObjectShape(fields: fields + optional.map { JSONField(name: $0, shape: .bool) }))
    }

    private static let mount = JSONShape.choice([
        object("bind", "optional"), object("tmpfs"), object("hide", "optional"),
    ])

    @Test("each alternative is taken")
    func taken() {
        #expect(problem(Self.mount, ["bind": "a"]) == nil)
        #expect(problem(Self.mount, ["tmpfs": "a"]) == nil)
        #expect(problem(Self.mount, ["hide": "a", "optional": true]) == nil)
    }

    @Test("an object gets the error of the alternative whose required keys are there")
    func requiredKeys() {
        #expect(problem(Self.mount, ["hide": 1]) == "hide: expected a string, found an integer")
        #expect(
            problem(Self.mount, ["tmpfs": "a", "optional": true], at: "mounts[1]")
                == #"mounts[1].optional: unknown key "optional""#
        )
    }

    @Test("with no required key there, the alternative that shares most keys is meant, else the first")
    func mostShared() {
        #expect(problem(Self.mount, ["optional": true]) == #"missing key "bind""#)
        #expect(problem(Self.mount, ["hidden": "a"]) == #"hidden: unknown key "hidden""#)
        let shape = JSONShape.choice([Self.object("a", "x"), Self.object("b", "y", "z")])
        #expect(problem(shape, ["x": true, "y": true, "z": true]) == #"x: unknown key "x""#)
        #expect(problem(shape, ["y": true, "z": true]) == #"missing key "b""#)
    }

    @Test("an object that a less likely alternative takes is taken")
    func lessLikely() {
        let shape = JSONShape.choice([
            Self.object("a", "b"), .map(keys: .any, of: .integer(0...9)),
        ])
        #expect(problem(shape, ["a": 1]) == nil)
        #expect(problem(shape, ["a": "x"]) == nil)
        #expect(problem(shape, ["a": true]) == "a: expected a string, found a boolean")
    }

    @Test("one alternative of the value's type gives its error")
    func oneOfType() {
        let paths = JSONShape.array(of: .string(.nonEmpty), minimum: 0)
        let shape = JSONShape.choice([.string(.oneOf(["minimal", "host"])), paths])
        #expect(problem(shape, "x") == #"expected one of "minimal", "host", found "x""#)
        #expect(problem(shape, ["a", 1]) == "[1]: expected a string, found an integer")
    }

    @Test("else all alternatives are listed")
    func listed() {
        let shape = JSONShape.choice([.constant("auto"), .constant("none"), .bool, Self.mount])
        #expect(problem(shape, "x") == #"expected "auto", "none", a boolean or an object, found "x""#)
        #expect(problem(shape, 1) == #"expected "auto", "none", a boolean or an object, found an integer"#)
        #expect(problem(shape, false) == nil)
        #expect(problem(shape, "none") == nil)
        let numbers = JSONShape.choice([.integer(0...9), .array(of: .integer(0...9), minimum: 2)])
        #expect(problem(numbers, "x") == "expected an integer or an array, found a string")
        #expect(problem(numbers, 10) == "out of range: 0 … 9")
        #expect(problem(numbers, [1]) == "expected at least 2 items, found 1")
    }

    @Test("choices within choices are one choice")
    func nested() {
        let shape = JSONShape.choice([.choice([.bool, .null]), .choice([.string(.nonEmpty), .bool])])
        #expect(problem(shape, .null) == nil)
        #expect(problem(shape, 1) == "expected a boolean, null or a string that is not empty, found an integer")
    }

    @Test("a choice of nothing takes nothing")
    func empty() {
        #expect(problem(.choice([]), 1) == "expected nothing, found an integer")
        #expect(problem(.choice([]), [:]) == "expected nothing, found an object")
    }
}
