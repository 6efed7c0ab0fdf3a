package import ContentAddressing
import HostFiles

/// Bytes under the machine's key that are no record, as parsing them as one would take too long.
extension Store {
    /// The longest that are read.
    private static var signedBytesLimit: Int { 1 << 30 }

    /// Writes bytes and behind them their HMAC, which covers their path too; replaces what is there, atomically.
    package func putSignedBytes(_ bytes: [UInt8], at relative: String) throws(StoreError) {
        let temporary = temporaryPath("signed")
        do throws(FileError) {
            let file = try OwnedDescriptor.open(temporary, [.write, .create, .exclusive, .noFollow], mode: 0o600)
            // Not as one: a tree's index has tens of MiB.
            try FileContent.write(bytes, to: file.number)
            try FileContent.write(Array(keys.code(for: bytes, at: relative).utf8), to: file.number)
            do throws(FileError) { try Folder.rename(temporary, to: path(relative)) } catch {
                guard error.code == .notFound else { throw error }
                try Folder.makeAll(AbsolutePath.parent(path(relative)))
                try Folder.rename(temporary, to: path(relative))
            }
        } catch {
            try? Folder.removeFile(temporary)
            throw StoreError("write \(relative)", error)
        }
    }

    /// Reads what this machine wrote there; nil for nothing, or somebody else's.
    package func signedBytes(at relative: String) throws(StoreError) -> [UInt8]? {
        do throws(FileError) {
            var bytes = try FileContent.read(path(relative), limit: Self.signedBytesLimit, noFollow: true)
            guard bytes.count >= 64 else { return nil }
            let code = String(decoding: bytes.suffix(64), as: UTF8.self)
            bytes.removeLast(64)
            return keys.isValid(code, for: bytes, at: relative) ? bytes : nil
        } catch {
            switch error.code {
            case .notFound, .notAFolder, .isAFolder, .notRegular, .tooManySymlinks: return nil
            default: throw StoreError("read \(relative)", error)
            }
        }
    }

    /// Whether an object of that size is there; what it holds is for who reads it to check.
    package func isPresent(_ descriptor: Descriptor) throws(StoreError) -> Bool {
        do throws(FileError) {
            guard let status = try FileStatus.of(path(of: descriptor.digest)) else { return false }
            return status.kind == .file && status.size == descriptor.size
        } catch {
            throw StoreError("look at object \(descriptor.digest)", error)
        }
    }
}
