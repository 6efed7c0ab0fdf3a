/// Whether the command has a namespace of its own.
package enum NamespaceSetting: String, Sendable, Hashable {
    case on, off
    /// Only where the caller is not root.
    case whenNotRoot
}
