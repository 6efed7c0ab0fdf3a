import TarArchive
import Testing

@Suite("Many entries")
struct ManyEntriesTests {
    @Test("twenty thousand paths are told apart, and the second of one is found")
    func many() throws {
        let entries = (0..<20_000).map { TarEntry.file("folder \($0 % 7)/\($0)") }
        let whole = try archive(entries.map { ($0, []) })
        #expect(try read(whole).map(\.0) == entries)
        let again = Array(whole.dropLast(1024)) + whole[(512 * 3)..<(512 * 4)] + [UInt8](repeating: 0, count: 1024)
        #expect(try #require(refusal(again)) == (.duplicate, "folder 3/3"))
    }
}
