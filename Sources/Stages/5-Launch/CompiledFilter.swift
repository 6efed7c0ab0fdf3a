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
        if let program = try store.signedBytes(at: path) { return program }
        let text = try store.read(profile)
        do throws(SeccompError) {
            let bytes = try SeccompProfile.parse(text, file: ArtefactKind.seccomp.file).compiled()
            if store.lease != nil { try? store.putSignedBytes(bytes, at: path) }
            return bytes
        } catch {
            throw LaunchError("security.seccomp: \(error)")
        }
    }
}
