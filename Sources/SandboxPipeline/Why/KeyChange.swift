package import JSONText

/// A named component of a key that differs, or the part of one that does.
package struct KeyChange: Sendable, Hashable {
    /// As `spec.mounts[2].mode` or `inputs.variables.LANG`; an element of a list by its place in the new one, or in the
    /// old one when it is gone.
    package let component: String
    /// Nil where there was none.
    package let old: JSONValue?
    /// Nil where there is none any more.
    package let new: JSONValue?

    /// Whether it stands or fell as an element of a list.
    package var isElement: Bool { component.hasSuffix("]") }

    /// An entry of `changes` in `sbxpipe.why/v1`: `old` is left out where there was none, `new` where there is none.
    var json: JSONValue { .members(["component": .string(component), "old": old, "new": new]) }
}
