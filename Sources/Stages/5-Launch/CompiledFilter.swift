package import ArtifactStore
package import ContentAddressing
import JSONText
import PipelineContracts
import SeccompFilter

/// Compiled seccomp profiles, which the store remembers: libseccomp takes 45 ms for the built-in one.
package enum CompiledFilter {
    /// The filter as the kernel takes it, of a profile that the store has.
    ///
    /// - Throws: ``LaunchError`` for a profile that can't be compiled; ``StoreError``.
    package static func bytes(of profile: Digest, in store: Store) throws -> [UInt8] {
        let key: JSONValue = [
            "profile": .string(profile.description), "library": .string(SeccompProfile.libraryVersion),
        ]
        let path = "actions/seccomp/" + Digest.of(key.canonical()).hex
        if let (record, isTrusted) = try store.record(at: path), isTrusted,
            let program = record["program"]?.stringValue.flatMap(Self.bytes)
        {
            return program
        }
        let text = try store.read(profile)
        do throws(SeccompError) {
            let bytes = try SeccompProfile.parse(text, file: ArtefactKind.seccomp.file).compiled()
            if store.lease != nil { try? store.putRecord(["program": .string(Digest.hexText(bytes))], at: path) }
            return bytes
        } catch {
            throw LaunchError("security.seccomp: \(error)")
        }
    }

    /// The bytes of a text of hex digits; nil for what is none.
    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { digit -> UInt8 in
            switch digit {
            case 0x30...0x39: digit - 0x30
            case 0x61...0x66: digit - 0x57
            default: 0xFF
            }
        }
        guard digits.count % 2 == 0, !digits.isEmpty, !digits.contains(0xFF) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
