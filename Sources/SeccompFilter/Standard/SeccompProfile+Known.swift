extension SeccompProfile {
    /// SHA-256 of the built-in profile in canonical JSON, 64 hex digits; nil where it has to be worked out.
    ///
    /// It is known for what the presets keep, which lifts nothing, on the machines that the profile is for. A test holds it
    /// against the profiles.
    package static func knownDigest(machine: String, capabilities: [String]) -> String? {
        guard capabilities.allSatisfy(["CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETPCAP"].contains) else { return nil }
        return switch machine {
        case "x86_64": "6f6ee6481b9ca9c1168affc0d9a8448a5797b5ba108474d7222851e5c94872cc"
        case "aarch64": "78059e1ac956188395dc15c165799d6b1b0d3deb15cd4c321b5877b255817e3d"
        default: nil
        }
    }
}
