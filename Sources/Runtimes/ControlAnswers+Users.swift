import JSONText
import PipelineContracts
import SandboxSpec

extension ControlAnswers {
    /// The answer for a user namespace in which 0 is the caller and the other ids are its subordinate ones.
    mutating func addSubordinateIDs(_ effective: EffectiveSpec, _ host: HostFacts) {
        let (user, group) = (effective.uid.value ?? 0, effective.gid.value ?? 0)
        let asked: JSONValue = ["uid": .integer(Int64(user)), "gid": .integer(Int64(group)), "map": "subids"]
        let counts = host.subordinateIDs ?? .init(users: 0, groups: 0)
        for (file, count, field, id) in [
            ("/etc/subuid", counts.users, "user.uid", user), ("/etc/subgid", counts.groups, "user.gid", group),
        ] {
            if count > 0, Int64(id) <= count { continue }
            let reason =
                count == 0
                ? "\(file) gives the caller no ids"
                : "\(file) gives the caller \(count) ids, and \(field) \(id) is beyond them"
            let option = file == "/etc/subuid" ? "--add-subuids" : "--add-subgids"
            let range = count == 0 ? "100000-165535" : "FIRST-LAST"
            let hint = "as root: usermod \(option) \(range) NAME"
            return miss(.user, asked, reason, field: "user.map", hint: hint, waivable: false)
        }
        let how =
            "a user namespace: 0 is the caller, 1 to \(min(counts.users, counts.groups)) are ids of /etc/subuid and "
            + "/etc/subgid" + (host.isRoot ? "" : ", mapped by newuidmap and newgidmap")
        enforce(.user, asked, how)
    }
}
