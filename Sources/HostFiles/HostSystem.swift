internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Clock, randomness, environment and terminal of this process.
package enum HostSystem {
    /// Nanoseconds since 1970.
    package static func realTime() -> Int64 { clock(CLOCK_REALTIME) }

    /// Nanoseconds of a clock that never goes back.
    package static func monotonicTime() -> Int64 { clock(CLOCK_MONOTONIC) }

    private static func clock(_ which: clockid_t) -> Int64 {
        var now = timespec()
        _ = unsafe clock_gettime(which, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// Lets this thread wait.
    package static func sleep(milliseconds: Int) { usleep(useconds_t(milliseconds * 1000)) }

    /// RFC 3339 in UTC with milliseconds, whatever the time zone of the process.
    package static func timestamp(_ nanoseconds: Int64) -> String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = unsafe tm()
        _ = unsafe gmtime_r(&seconds, &parts)
        let date = unsafe "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        let time = unsafe "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
        let milliseconds = Int32(nanoseconds / 1_000_000 % 1000)
        return "\(date)T\(time).\(milliseconds < 100 ? "0" : "")\(padded(milliseconds))Z"
    }

    private static func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Random bytes of the kernel's generator.
    package static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        while bytes.count < count {
            let word = generator.next()
            bytes.append(
                contentsOf: (0..<min(8, count - bytes.count)).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
            )
        }
        return bytes
    }

    /// The environment of this process; of a name that stands twice, the first counts, as for getenv(3).
    ///
    /// Of names that differ in their Unicode normal form alone it holds the first: see ``ambiguousVariables()``.
    package static func environment() -> [String: String] {
        var result: [String: String] = [:]
        unsafe visitEnvironment { name, value in
            let name = unsafe String(decoding: name, as: UTF8.self)
            if result[name] == nil { result[name] = unsafe String(decoding: value, as: UTF8.self) }
        }
        return result
    }

    /// The value of the first variable of that name, by its bytes (getenv(3)); nil for none.
    package static func variable(_ name: String) -> String? {
        var found: String?
        unsafe visitEnvironment { other, value in
            if found == nil, unsafe other.elementsEqual(name.utf8) {
                found = unsafe String(decoding: value, as: UTF8.self)
            }
        }
        return found
    }

    /// The bytes of the value of the first variable of that name (getenv(3)); nil for none.
    package static func variableBytes(_ name: String) -> [UInt8]? {
        var found: [UInt8]?
        unsafe visitEnvironment { other, value in
            if found == nil, unsafe other.elementsEqual(name.utf8) { found = unsafe Array(value) }
        }
        return found
    }

    /// Names in the environment that are several variables to the kernel and one to a dictionary of strings: each form.
    package static func ambiguousVariables() -> [String] {
        var names: Set<PathKey> = []
        unsafe visitEnvironment { name, _ in
            // One of two such names is not ASCII; the other may be, as K is to the Kelvin sign.
            unsafe names.insert(PathKey(String(decoding: name, as: UTF8.self)))
        }
        var forms: [String: [String]] = [:]
        for name in names { forms[name.path, default: []].append(name.path) }
        return forms.values.filter { $0.count > 1 }.flatMap(\.self)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func visitEnvironment(_ body: (Slice<UnsafeRawBufferPointer>, Slice<UnsafeRawBufferPointer>) -> Void)
    {
        guard var entry = unsafe sbx_environment() else { return }
        while let text = unsafe entry.pointee {
            let line = unsafe UnsafeRawBufferPointer(start: text, count: strlen(text))
            if let equals = unsafe line.firstIndex(of: UInt8(ascii: "=")), equals > 0 {
                unsafe body(line[..<equals], line[(equals + 1)...])
            }
            unsafe entry = entry.advanced(by: 1)
        }
    }

    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Kernel release and machine of uname(2).
    package static func kernel() -> (release: String, machine: String) {
        var found = utsname()
        unsafe _ = uname(&found)
        func text<Field>(_ field: Field) -> String {
            unsafe withUnsafeBytes(of: field) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        return (text(found.release), text(found.machine))
    }

    /// The type of the file system that a path lies on (statfs(2) f_type); nil when it can't be told.
    package static func fileSystemType(_ path: String) -> Int64? {
        let type = unsafe sbx_file_system_type(path)
        return type < 0 ? nil : type
    }
}
