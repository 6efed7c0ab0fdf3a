import JSONText

extension Spec {
    /// What the command may do to the kernel, as far as the spec says it.
    package struct Security: Sendable, Hashable {
        /// Nil leaves it to the preset, as everything here.
        package var seccomp: Seccomp?
        /// What is dropped and added.
        package var capabilities: CapabilityRules?
        /// Whether no program may gain privileges by execve (prctl(2), PR_SET_NO_NEW_PRIVS).
        package var noNewPrivileges: Bool?
        /// Absolute paths inside that are covered.
        package var maskedPaths: [String]?
        /// Absolute paths inside that can't be written.
        package var readonlyPaths: [String]?

        /// By default nothing is said.
        package init(
            seccomp: Seccomp? = nil,
            capabilities: CapabilityRules? = nil,
            noNewPrivileges: Bool? = nil,
            maskedPaths: [String]? = nil,
            readonlyPaths: [String]? = nil
        ) {
            self.seccomp = seccomp
            self.capabilities = capabilities
            self.noNewPrivileges = noNewPrivileges
            self.maskedPaths = maskedPaths
            self.readonlyPaths = readonlyPaths
        }

        init(_ json: JSONValue) {
            self.init(
                seccomp: json["seccomp"].flatMap { Seccomp($0) },
                capabilities: json["capabilities"].map { CapabilityRules($0) },
                noNewPrivileges: json["noNewPrivileges"]?.boolValue,
                maskedPaths: json["maskedPaths"]?.strings,
                readonlyPaths: json["readonlyPaths"]?.strings
            )
        }

        var json: JSONValue? {
            let members = JSONValue.said([
                "seccomp": seccomp?.json,
                "capabilities": capabilities?.json,
                "noNewPrivileges": noNewPrivileges.map(JSONValue.bool),
                "maskedPaths": maskedPaths.map(JSONValue.strings),
                "readonlyPaths": readonlyPaths.map(JSONValue.strings),
            ])
            return members.isEmpty ? nil : .object(members)
        }
    }
}
