import JSONText

/// `-v` and `--tmpfs`, as podman's users type them.
enum VolumeFlag {
    /// `SRC:DST[:MODE]`; a name without a slash is a path too, and the mode is `rw` unless told.
    static func mount(_ text: String) throws(SpecError) -> JSONValue {
        let parts = try FlagText.split(text, at: ":", flag: "-v", form: "SRC:DST[:MODE]", 2...3)
        let mode = parts.count == 3 ? parts[2] : Spec.Mount.Mode.readWrite.rawValue
        guard Spec.Mount.Mode(rawValue: mode) != nil else {
            throw FlagText.wrong(mode, flag: "-v", form: "mode rw, ro, overlay or snapshot")
        }
        return ["bind": .string(parts[0]), "at": .string(parts[1]), "mode": .string(mode)]
    }

    /// `DST[:OPTION,…]` with `size=64M` and `mode=1777`.
    static func tmpfs(_ text: String) throws(SpecError) -> JSONValue {
        let form = "DST[:size=SIZE,mode=MODE]"
        let parts = try FlagText.split(text, at: ":", flag: "--tmpfs", form: form, 1...2)
        var members: [String: JSONValue] = ["tmpfs": .string(parts[0])]
        for option in parts.dropFirst().flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            let pair = try FlagText.split(String(option), at: "=", flag: "--tmpfs", form: form, 2...2)
            switch pair[0] {
            case "size": members["size"] = .string(pair[1])
            case "mode", "perm": members["perm"] = .string(pair[1])
            default: throw FlagText.wrong(text, flag: "--tmpfs", form: form)
            }
        }
        return .object(members)
    }
}
