#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// Calls whose names the types of this module use as well.

func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, buffer, count)
}

func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, buffer, count)
}

func systemRename(_ from: String, _ target: String) -> Int32 { unsafe rename(from, target) }

func systemLink(_ from: String, _ target: String) -> Int32 { unsafe link(from, target) }

func systemReadLink(_ folder: Int32, _ path: UnsafePointer<CChar>, _ buffer: inout [UInt8]) -> Int {
    unsafe buffer.withUnsafeMutableBytes { bytes in
        guard let start = bytes.baseAddress else { return 0 }
        return unsafe readlinkat(folder, path, start.assumingMemoryBound(to: CChar.self), bytes.count)
    }
}
