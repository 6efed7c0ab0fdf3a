internal import HostFiles
internal import JSONText

extension SeccompProfile {
    /// The greatest file that is read; Docker's profile has 12 KiB.
    package static let greatestFile = 1 << 20

    /// Reads a profile from a regular file, symlinks followed.
    ///
    /// The file is plain JSON, without comments. A FIFO, device, socket or folder, and more than ``greatestFile`` bytes,
    /// are refused without waiting or reading on.
    ///
    /// - Throws: ``SeccompError`` that begins with the path.
    package static func read(_ path: String) throws(SeccompError) -> SeccompProfile {
        let file = Printable.escaped(path)
        let bytes: [UInt8]
        do {
            bytes = try FileContent.read(path, limit: greatestFile)
        } catch {
            throw SeccompError(place: file, message: error.reason)
        }
        return try parse(bytes, file: file)
    }

    /// Reads a profile from the bytes of a file, whose name is for errors alone.
    ///
    /// - Throws: ``SeccompError`` that begins with the name.
    package static func parse(_ bytes: [UInt8], file: String) throws(SeccompError) -> SeccompProfile {
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw SeccompError(place: file, message: error.description)
        }
        do {
            return try SeccompProfile(json: json)
        } catch {
            throw SeccompError(place: file, message: error.description)
        }
    }
}
