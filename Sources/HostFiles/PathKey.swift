/// A path compared byte by byte, as the kernel does.
///
/// Strings compare by canonical equivalence: two names that differ in their normal form are one string and two files.
package struct PathKey: Hashable, Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    package static func == (left: PathKey, right: PathKey) -> Bool { AbsolutePath.isSame(left.path, right.path) }

    package func hash(into hasher: inout Hasher) {
        var path = path
        path.withUTF8 { bytes in unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
    }
}
