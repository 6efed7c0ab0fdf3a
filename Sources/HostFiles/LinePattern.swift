#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A POSIX extended regular expression, as `grep -E` takes it, over lines of bytes (regcomp(3)).
@safe
package final class LinePattern {
    private let compiled: UnsafeMutablePointer<regex_t>

    /// Compiles an expression.
    ///
    /// - Throws: ``FileError`` with what regerror(3) says.
    package init(_ expression: String) throws(FileError) {
        var expressed = unsafe regex_t()
        let status = unsafe regcomp(&expressed, expression, REG_EXTENDED)
        guard status == 0 else {
            var text = [CChar](repeating: 0, count: 256)
            _ = unsafe regerror(status, &expressed, &text, text.count)
            let reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw FileError(code: .other(EINVAL), operation: "read", path: expression, reason: reason)
        }
        unsafe compiled = .allocate(capacity: 1)
        unsafe compiled.initialize(to: expressed)
    }

    deinit {
        unsafe regfree(compiled)
        unsafe compiled.deallocate()
    }

    /// The bytes with every match, of one line each, replaced by one other piece.
    package func replacing(in bytes: [UInt8], with piece: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if index > 0 { result.append(UInt8(ascii: "\n")) }
            replace(in: line, with: piece, to: &result)
        }
        return result
    }

    private func replace(in line: ArraySlice<UInt8>, with piece: [UInt8], to result: inout [UInt8]) {
        // A NUL would end the text for regexec: it is looked at as another byte that no text has.
        let text = line.map { CChar(bitPattern: $0 == 0 ? 1 : $0) } + [0]
        let source = Array(line)
        var start = 0
        while start <= source.count {
            var match = regmatch_t()
            let flags = start == 0 ? 0 : REG_NOTBOL
            let status = unsafe text.withUnsafeBufferPointer { buffer -> Int32 in
                guard let base = buffer.baseAddress else { return 1 }
                return unsafe regexec(compiled, base + start, 1, &match, flags)
            }
            guard status == 0 else { break }
            let (from, to) = (start + Int(match.rm_so), start + Int(match.rm_eo))
            result += source[start..<from]
            result += piece
            if to > from {
                start = to
            } else {
                // An empty match: on with the next byte.
                if from < source.count { result.append(source[from]) }
                start = from + 1
            }
        }
        if start < source.count { result += source[start...] }
    }
}
