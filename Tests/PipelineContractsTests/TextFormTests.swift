import JSONText
import PipelineContracts
import SandboxSpec
import Testing

/// A field of text, and what it takes and refuses.
struct TextForm: Sendable, CustomTestStringConvertible {
    let kind: ArtefactKind
    let path: String
    let good: [String]
    let bad: [String]

    var testDescription: String { "\(kind.file)\(path)" }

    static let all: [TextForm] = [
        TextForm(
            kind: .run,
            path: ".plan",
            good: ["sha256:" + String(repeating: "0a", count: 32)],
            bad: ["", "sha256:", "sha256:" + String(repeating: "0A", count: 32), String(repeating: "0a", count: 32)]
        ),
        TextForm(
            kind: .run,
            path: ".created",
            good: ["2025-11-22T01:02:03.004Z"],
            bad: ["", "2025-11-22", "2025-11-22T01:02:03Z", "2025-11-22T01:02:03.004+00", "2025-11-22t01:02:03.004Z"]
        ),
        TextForm(
            kind: .run,
            path: ".id",
            good: [String(repeating: "0f", count: 16)],
            bad: ["", "0f", String(repeating: "0F", count: 16), String(repeating: "0f", count: 17)]
        ),
        TextForm(
            kind: .host,
            path: ".capabilities",
            good: ["", "000001ffffffffff"],
            bad: ["0", "0x0001ffffffffff", "000001FFFFFFFFFF"]
        ),
        TextForm(
            kind: .description,
            path: ".capabilities[]",
            good: ["CAP_KILL", "CAP_NET_BIND_SERVICE"],
            bad: ["", "CAP_", "KILL", "cap_kill", "CAP_kill"]
        ),
        TextForm(
            kind: .description,
            path: ".workdir",
            good: ["/", "/a b/é"],
            bad: ["", "a", "~", "/a\u{0}"]
        ),
        TextForm(
            kind: .description,
            path: ".mounts[].at",
            good: ["/", "/a", "~", "~/a", "@other-homes"],
            bad: ["", "a", "~a", "@", "@Home", "./a", "/\u{0}"]
        ),
        TextForm(
            kind: .description,
            path: ".mounts[].permissions",
            good: ["0644", "755", "1777"],
            bad: ["", "8", "0o644", "rwx", "00644"]
        ),
        TextForm(kind: .receipt, path: ".files", good: ["stdout", "plan.json"], bad: ["", "a/b", "/", "a\u{0}"]),
        TextForm(kind: .inputs, path: ".variables", good: ["A", "é b"], bad: ["", "A=", "=", "A\u{0}"]),
    ]

    /// The shape of the text: of an array its items', of a map its keys' with any value that it takes.
    var shape: JSONShape? {
        let name = path.hasSuffix("[]") ? String(path.dropLast(2)) : path
        guard let field = kind.shape?.fields().first(where: { $0.path == name })?.field else { return nil }
        if path.hasSuffix("[]"), case .array(let item, _) = field.shape { return item }
        return field.shape
    }
}

@Suite struct TextFormTests {
    @Test("check and pattern agree on what a text may be", arguments: TextForm.all)
    func agree(_ form: TextForm) throws {
        let shape = try #require(form.shape)
        let schema = shape.schema()
        let pattern = try #require((schema["pattern"] ?? schema["propertyNames"]?["pattern"])?.stringValue)
        let regex = try Regex(Self.swiftPattern(pattern))
        for text in form.good {
            #expect(Self.takes(shape, text), "\(text)")
            #expect(text.firstMatch(of: regex) != nil, "\(text)")
        }
        for text in form.bad {
            #expect(!Self.takes(shape, text), "\(text)")
            #expect(text.firstMatch(of: regex) == nil, "\(text)")
        }
    }

    private static func takes(_ shape: JSONShape, _ text: String) -> Bool {
        if case .map(let keys, _) = shape { return keys.problem(with: text) == nil }
        return (try? shape.check(.string(text))) != nil
    }

    /// ECMA-262 writes a code point as `\u0000`, Swift as `\u{0}`.
    private static func swiftPattern(_ pattern: String) -> String {
        pattern.split(separator: "\\u0000", omittingEmptySubsequences: false).joined(separator: "\\u{0}")
    }

    @Test("the words are those of the spec")
    func words() throws {
        #expect(try Self.words(.helpers, ".asked") == Spec.RuntimeChoice.allCases.map(\.rawValue))
        #expect(try ["auto"] + Self.words(.plan, ".runtime") == Spec.RuntimeChoice.allCases.map(\.rawValue))
        #expect(try Self.words(.description, ".network") == Spec.NetworkMode.allCases.map(\.rawValue))
        #expect(
            try Self.words(.description, ".namespaces")
                == Namespace.allCases.map(\.rawValue).filter { $0 != "user" }.sorted()
        )
        #expect(try Self.words(.description, ".capture.mode") == Spec.Capture.Mode.allCases.map(\.rawValue))
    }

    @Test("the symbols that a mount's place may be are named")
    func symbols() throws {
        let fields = ArtefactKind.description.shape?.fields() ?? []
        let summary = try #require(fields.first { $0.path == ".mounts[].at" }?.field.summary)
        for symbol in HostSymbol.allCases { #expect(summary.contains("@\(symbol.rawValue)")) }
    }

    private static func words(_ kind: ArtefactKind, _ path: String) throws -> [String] {
        let field = try #require(kind.shape?.fields().first { $0.path == path }?.field)
        let schema = field.shape.schema()
        return (schema["enum"] ?? schema["items"]?["enum"])?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}
