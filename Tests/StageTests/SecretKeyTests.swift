import ArtifactStore
import ContentAddressing
import JSONText
import LaunchStage
import PipelineContracts
import Secrets
import TestSupport
import Testing

@Suite("Secrets in a launch's key", .tags(.medium))
struct SecretKeyTests {
    private func archive(_ name: String) throws -> PlanArchive {
        let golden = try #require(GoldenSpec.all.first { $0.name == name })
        return try PlanArchive(unpacking: try GoldenSpec.planned(golden).archive)
    }

    @Test("A value counts by an HMAC under the machine's key, by its source's name, or not at all")
    func rules() throws {
        let plan = try archive("secrets")
        let (here, elsewhere) = (try StoreFixture(), try StoreFixture(key: 2))
        func key(_ value: String?, _ fixture: StoreFixture) throws -> [String: JSONValue] {
            try plan.secretKey(SecretReader { name in name == "V" ? value.map { Array($0.utf8) } : nil }, fixture.store)
        }
        let first = try key("a token", here)
        #expect(first["F"] == "file:f" && first.count == 2)
        #expect(try key("a token", here) == first)
        #expect(try key("a token.", here) != first)
        #expect(try key("a token", elsewhere)["T"] != first["T"])
        let text = first["T"]?.stringValue ?? ""
        #expect(text.hasPrefix("hmac-sha256:") && !text.contains(Digest.of(Array("a token".utf8)).hex))
        #expect(throws: SecretProblem.self) { try key(nil, here) }
        #expect(try archive("runc secrets").secretKey(SecretReader { _ in nil }, here.store).isEmpty)
    }

    @Test("The portable description has no source, but where the key is by it")
    func portable() throws {
        let plain = try #require(GoldenSpec.all.first { $0.name == "plain" })
        func description(_ source: String) throws -> SandboxDescription {
            try GoldenSpec.documents(plain.adding("\"secrets\": {\"T\": {\(source)}}")).0
        }
        #expect(try description("\"env\": \"A\"") == description("\"file\": \"f\""))
        #expect(try description("\"env\": \"A\", \"key\": \"id\"") != description("\"env\": \"B\", \"key\": \"id\""))
    }
}
