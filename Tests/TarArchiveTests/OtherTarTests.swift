import TarArchive
import Testing

@Suite("Other implementations of tar", .enabled(if: isInstalled("tar"), "tar is not installed"))
struct OtherTarTests {
    private static let isGNU = isInstalled("tar") && isInstalled("tar; tar --version | grep GNU")

    @Test("tar lists what was written")
    func lists() throws {
        let folder = try TemporaryFolder()
        let written = try archive([
            (.directory("d"), []), (.file("d/f", size: 3, mode: 0o4755, modified: 86_400), bytes("abc")),
            (.symlink("d/l", to: "f"), []),
        ])
        _ = try folder.file("a.tar", written)
        let result = try folder.run("TZ=UTC LC_ALL=C tar --numeric-owner -tvf a.tar")
        #expect(result.status == 0)
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(
            lines == [
                "drwxr-xr-x 0/0 0 1970-01-01 00:00 d/", "-rwsr-xr-x 0/0 3 1970-01-02 00:00 d/f",
                "lrwxrwxrwx 0/0 0 1970-01-01 00:00 d/l -> f",
            ]
        )
    }

    @Test("tar extracts odd names with their bodies", .enabled(if: isGNU, "tar is not GNU tar"))
    func extracts() throws {
        let folder = try TemporaryFolder()
        // A path of 3,818 bytes is more than this folder's name leaves room for.
        let names = oddNames.filter { $0.count < 3000 }
        let written = try archive(names.map { (.file($0, size: Int64($0.count)), $0) })
        _ = try folder.file("a.tar", written)
        let result = try folder.run("mkdir out && LC_ALL=C tar -C out --warning=no-unknown-keyword -xf a.tar")
        #expect(result.status == 0, "\(String(decoding: result.output, as: UTF8.self))")
        #expect(result.output.isEmpty)
        let found = try folder.run("cd out && find . -type f -printf '%P\\0'").output.split(separator: 0)
        #expect(Set(found.map(Array.init)) == Set(names))
        let bodies = try folder.run("cd out && find . -type f -printf '%P\\0' -exec cat {} \\; -printf '\\0'")
        let parts = bodies.output.split(separator: 0)
        #expect(parts.count == 2 * names.count)
        #expect(stride(from: 0, to: parts.count - 1, by: 2).allSatisfy { parts[$0] == parts[$0 + 1] })
    }

    @Test("GNU tar's archives are read", .enabled(if: isGNU, "tar is not GNU tar"), arguments: ["ustar", "gnu", "pax"])
    func reads(format: String) throws {
        let folder = try TemporaryFolder()
        let deep = [String](repeating: String(repeating: "k", count: 90), count: 2).joined(separator: "/")
        let long = format == "ustar" ? "short" : String(repeating: "L", count: 180)
        let made = try folder.run(
            "mkdir -p in/\(deep) && echo body > in/\(deep)/f && ln -s '\(long.prefix(90))' in/s && echo x > in/\(long)"
                + " && tar --format=\(format) --sort=name --mtime=@7 -C in -cf a.tar \(deep)/f s \(long)"
        )
        #expect(made.status == 0, "\(String(decoding: made.output, as: UTF8.self))")
        let found = try folder.opened("a.tar") { descriptor in
            var reader = try TarReader(descriptor: descriptor)
            var entries: [String: [UInt8]] = [:]
            while let entry = try reader.next() {
                #expect(entry.modified == 7)
                entries[String(decoding: entry.path, as: UTF8.self)] = try reader.readBody()
            }
            return entries
        }
        #expect(found == ["\(deep)/f": bytes("body\n"), "s": [], long: bytes("x\n")])
    }

    @Test("a sparse file of GNU tar is refused by name", .enabled(if: isGNU), arguments: ["gnu", "pax"])
    func sparse(format: String) throws {
        let folder = try TemporaryFolder()
        let made = try folder.run(
            "truncate -s 1M holes && echo x >> holes && tar --sparse --format=\(format) -cf a.tar holes && cat a.tar"
        )
        #expect(made.status == 0)
        let refused = try #require(refusal(made.output))
        #expect(refused == (.unsupportedKind, "holes"))
    }

    @Test("a compressed tar is refused", .enabled(if: isInstalled("gzip"), "gzip is not installed"))
    func compressed() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("a.tar", try archive([(.file("a"), [])]))
        #expect(refusal(try folder.run("gzip -c a.tar").output)?.code == .damaged)
    }
}
