import ContentAddressing
import JSONText
import SeccompFilter
import Testing

@Suite("Known digests of the built-in filter")
struct KnownFilterTests {
    @Test("They are the profiles', for what both presets keep", arguments: ["x86_64", "aarch64"])
    func known(machine: String) {
        for kept in [["CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETPCAP"], []] {
            let digest = Digest.of(SeccompProfile.standard(machine: machine, capabilities: kept).json.canonical())
            #expect(SeccompProfile.knownDigest(machine: machine, capabilities: kept) == digest.hex, "\(kept)")
        }
        #expect(SeccompProfile.knownDigest(machine: machine, capabilities: ["CAP_SYS_ADMIN"]) == nil)
    }
}
