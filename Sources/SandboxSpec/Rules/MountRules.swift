/// Rules of mounts and of other things that are put at a place inside.
enum MountRules {
    static func problems(_ facts: RuleFacts) -> [SpecError] {
        kinds(facts.spec) + places(facts.spec)
    }

    private static func kinds(_ spec: Spec) -> [SpecError] {
        var problems: [SpecError] = []
        for (index, mount) in spec.mounts.enumerated() {
            let path = FieldPath.item(index, in: "mounts")
            switch mount {
            case .bind(let bind) where bind.writable && bind.mode != .snapshot:
                problems.append(
                    SpecError(
                        field: path + ".writable",
                        message: "contradicts mode \"\(bind.mode.rawValue)\"",
                        hint: "only a snapshot has writable; a bind has mode \"rw\""
                    )
                )
            case .hide(let hidden, _) where InsidePath.normalised(hidden) == "/":
                problems.append(SpecError(field: path + ".hide", message: "the root itself can't be hidden"))
            case .readonly(let path, _) where InsidePath.normalised(path) == "/":
                problems.append(
                    SpecError(
                        field: FieldPath.item(index, in: "mounts") + ".readonly",
                        message: "the root itself is made read-only by root"
                    )
                )
            default: break
            }
        }
        return problems
    }

    /// Refuses the root as a place, and the same place twice.
    private static func places(_ spec: Spec) -> [SpecError] {
        var taken: [(place: String, field: String)] = []
        var problems: [SpecError] = []
        for (field, path) in declared(spec) {
            let place = InsidePath.normalised(path)
            if place == "/" {
                problems.append(
                    SpecError(
                        field: field,
                        message: "the root itself is no mount point",
                        hint: "the field root says what / is"
                    )
                )
            } else if let other = taken.first(where: { $0.place.utf8.elementsEqual(place.utf8) }) {
                problems.append(SpecError(field: field, message: "\"\(place)\" is also the place of \(other.field)"))
            } else {
                taken.append((place, field))
            }
        }
        return problems
    }

    private static func declared(_ spec: Spec) -> [(field: String, path: String)] {
        var places: [(String, String)] = []
        for (index, mount) in spec.mounts.enumerated() {
            guard let place = mount.place else { continue }
            places.append((FieldPath.item(index, in: "mounts") + "." + place.key, place.path))
        }
        guard !spec.secrets.isEmpty else { return places }
        for (name, secret) in spec.secrets.sorted(by: { $0.key < $1.key }) {
            guard let place = secret.destination else { continue }
            places.append((FieldPath.key(name, in: "secrets") + ".at", place))
        }
        return places
    }
}
