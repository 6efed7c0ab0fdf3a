import JSONText

extension SpecShape {
    static let root = JSONShape.choice([
        source(.required("host", .words(Spec.RootSource.HostAccess.self), "The host's top-level entries.")),
        source(
            .required("oci", .string(TextRule.hostPath), "An image layout, folder or archive."),
            .field("ref", .string(TextRule.word), "The tag in it, where it holds several.")
        ),
        source(.required("tar", .string(TextRule.hostPath), "A tar of a whole tree.")),
        source(.required("dir", .string(TextRule.hostPath), "A host folder with a whole tree.")),
        source(.required("image", .string(TextRule.word), "A registry's name for an image.")),
        source(.required("empty", .constant(true), "Nothing.")),
        .fields([.required("writes", writes, "What becomes of writes in the root.")]),
    ])

    private static let writes = JSONShape.words(Spec.Root.Writes.self)

    private static func source(_ fields: JSONField...) -> JSONShape {
        .fields(fields + [.field("writes", writes, "What becomes of writes in the root; not for host rw.", "deny")])
    }
}
