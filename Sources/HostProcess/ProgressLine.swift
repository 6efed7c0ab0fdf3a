internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A line on stderr for what takes longer than half a second; for the tool, as it uses SIGALRM of the whole process.
package enum ProgressLine {
    /// Says what is being done; shown only if it still is when half a second has passed since the last ``clear()``.
    package static func step(_ text: String) {
        // The text must outlive the signal handler that may be writing it; there are only a few a process.
        guard let copy = unsafe strdup(text) else { return }
        unsafe sbx_progress_step(2, copy)
    }

    /// Removes the line.
    package static func clear() { sbx_progress_clear() }
}
