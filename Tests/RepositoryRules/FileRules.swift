import HostFiles
import JSONText
import Testing

@Suite("Files", .tags(.medium))
struct FileRules {
    @Test("no source file has more than 300 lines, nine in ten have under 220, the median has at most 90")
    func sourceLengths() throws {
        let files = try Repository.files(below: "Sources")
        let counts = files.map(\.lineCount).sorted()
        try #require(counts.count > 100)
        for file in files { #expect(file.lineCount <= 300, "\(file.path) has \(file.lineCount) lines") }
        #expect(counts[counts.count * 9 / 10] < 220)
        #expect(counts[counts.count / 2] <= 90)
    }

    @Test("no test file has more than 400 lines")
    func testLengths() throws {
        for file in try Repository.files(below: "Tests") {
            #expect(file.lineCount <= 400, "\(file.path) has \(file.lineCount) lines")
        }
    }

    @Test("the C beside the Swift is as short")
    func lengthsOfC() throws {
        for file in try Repository.files(below: "Sources", ending: [".c", ".h"]) {
            #expect(file.lineCount <= 300, "\(file.path) has \(file.lineCount) lines")
        }
    }

    @Test("sources have no forced try, no crash on purpose and no note to self")
    func words() throws {
        let forbidden = ["try" + "!", "fatal" + "Error(", "TO" + "DO", "FIX" + "ME"]
        for file in try Repository.files(below: "Sources", ending: [".swift", ".c", ".h"]) {
            for (index, line) in file.lines.enumerated() {
                let found = forbidden.filter { line.contains($0) }
                #expect(found.isEmpty, "\(file.path):\(index + 1): \(found)")
            }
        }
    }

    @Test("main.swift only picks the command")
    func thinMain() throws {
        #expect(try Repository.text("Sources/sbxpipe/main.swift").utf8.count { $0 == UInt8(ascii: "\n") } < 25)
    }

    @Test("the formatter is told 120 columns and four spaces")
    func formatterRules() throws {
        let rules = try JSONParser.parse(Array(try Repository.text(".swift-format").utf8))
        #expect(rules["lineLength"]?.integerValue == 120)
        #expect(rules["indentation"]?["spaces"]?.integerValue == 4)
        #expect(rules["rules"]?["NeverUseForceTry"]?.boolValue == true)
    }

    @Test("no file names the machine that it was written on: no address of a mirror or registry")
    func noMirrors() throws {
        let forbidden = ["/opt/swift-" + "packages", "py" + "pi", "deb." + "debian", "/work/" + "shared"]
        var files = try Repository.files(below: "Sources", ending: []) + Repository.files(below: "Tests", ending: [])
        for name in try Folder.names(Repository.root).map({ String(decoding: $0, as: UTF8.self) }) {
            let path = AbsolutePath.join(Repository.root, name)
            guard try FileStatus.of(path)?.kind == .file, name != "Package.resolved" else { continue }
            files.append(Repository.File(path: name, text: try Repository.text(name)))
        }
        if try FileStatus.of(AbsolutePath.join(Repository.root, "stages/contracts"))?.kind == .folder {
            files += try Repository.files(below: "stages/contracts", ending: [])
        }
        for file in files {
            let found = forbidden.filter { file.text.contains($0) }
            #expect(found.isEmpty, "\(file.path): \(found)")
        }
    }

    @Test("types don't take the names of modules")
    func noTypeNamedAsItsModule() throws {
        let kinds = ["struct", "class", "enum", "protocol", "actor"]
        for file in try Repository.files(below: "Sources") {
            for line in file.lines {
                let words = line.split(separator: " ").map(String.init)
                guard let index = words.firstIndex(where: kinds.contains), index + 1 < words.count,
                    words[..<index].allSatisfy({
                        ["public", "package", "private", "fileprivate", "final"].contains($0)
                    })
                else { continue }
                let name = String(words[index + 1].prefix { $0.isLetter || $0.isNumber })
                // A stage's type bears the name of its module by DESIGN.md's own table; elsewhere it is an error.
                if ModuleGraph.stages.contains(name) { continue }
                #expect(name != file.module, "\(file.path): \(name)")
            }
        }
    }
}
