/// What this version does not enforce yet.
package enum Unsupported {
    /// Every refusal, in the order of SPEC.md's table; empty when all that is asked for can be enforced.
    package static func check(_ spec: Spec) -> [Refusal] {
        var collector = Collector(required: spec.require)
        structure(spec, &collector)
        return collector.refusals
    }

    private static func structure(_ spec: Spec, _ collector: inout Collector) {
        if case .image? = spec.root.source {
            let hint = "skopeo copy docker://NAME oci:FOLDER:TAG makes a folder that {\"oci\": FOLDER} takes"
            collector.refuse("root.image", .root, "a root of this kind is", hint: hint)
        }
        if let writes = spec.root.writes, writes != .deny {
            collector.refuse("root.writes", .rootWrites, "\"\(writes.rawValue)\" is", hint: "\"deny\" works")
        }
        for (index, mount) in spec.mounts.enumerated() {
            guard case .bind(let bind) = mount else { continue }
            let field = FieldPath.item(index, in: "mounts")
            if bind.mode == .overlay {
                let hint = "\"ro\", \"rw\" and \"snapshot\" work"
                collector.refuse(field + ".mode", mount.control, "\"overlay\" is", hint: hint)
            }
            if bind.mode == .snapshot, bind.writable {
                let hint = "a snapshot that is only read works"
                collector.refuse(field + ".writable", mount.control, "a snapshot that can be written is", hint: hint)
            }
        }
        if spec.namespaces[.time] == true {
            collector.refuse(
                "namespaces.time",
                .namespacesTime,
                message: "no runtime of this version has a time namespace"
            )
        }
    }

    /// Words refusals alike.
    private struct Collector {
        let required: [Control]
        var refusals: [Refusal] = []

        mutating func refuse(_ field: String, _ control: Control, _ what: String, hint: String? = nil) {
            refuse(field, control, message: "\(what) not enforced by this version", hint: hint)
        }

        mutating func refuse(_ field: String, _ control: Control, message: String, hint: String? = nil) {
            refusals.append(
                Refusal(
                    field: field,
                    control: control,
                    message: message,
                    hint: hint,
                    waivable: control.isLimit && !required.contains(control)
                )
            )
        }
    }
}
