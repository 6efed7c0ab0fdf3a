import Testing

/// A field, values that it takes, and values that it refuses with the whole line of the error.
struct FieldCase: Sendable, CustomTestStringConvertible {
    let field: String
    let good: [String]
    let bad: [String: String]

    var testDescription: String { field }

    init(_ field: String, good: [String], bad: [String: String]) {
        self.field = field
        self.good = good
        self.bad = bad
    }

    private static let inside = #"a path that begins with "/" or "~", without "..""#
    private static let size = #"a size such as "512M" or "1.5G""#

    static let all: [FieldCase] =
        [
            FieldCase(
                "schema",
                good: [#""schema": "sbxpipe.spec/v1""#],
                bad: [#""schema": "sbxpipe.spec/v2""#: #"schema: expected "sbxpipe.spec/v1", found "sbxpipe.spec/v2""#]
            ),
            FieldCase(
                "name",
                good: [#""name": "a.b-c_1""#],
                bad: [
                    #""name": "last""#: nameError("last"), #""name": "1a""#: nameError("1a"),
                    #""name": "deadbeef""#: nameError("deadbeef"),
                    #""name": 7"#: "name: expected a string, found an integer",
                ]
            ),
            FieldCase(
                "command",
                good: [#""command": ["a", ""]"#],
                bad: [
                    #""command": []"#: "command: expected at least 1 item, found 0",
                    #""command": "ls""#: "command: expected an array, found a string",
                    #""command": ["a", 1]"#: "command[1]: expected a string, found an integer",
                    #""command": ["a\u0000"]"#:
                        #"command[0]: expected the command's name, not empty and without NUL, found "a\u0000""#,
                    #""command": ["a", "b\u0000"]"#: #"command[1]: expected a text without NUL, found "b\u0000""#,
                    #""command": [""]"#:
                        #"command[0]: expected the command's name, not empty and without NUL, found """#,
                ]
            ),
            FieldCase(
                "workdir",
                good: [#""workdir": "/a""#],
                bad: [
                    #""workdir": "a""#: #"workdir: expected an absolute path without "..", found "a""#,
                    #""workdir": "/a/../b""#: #"workdir: expected an absolute path without "..", found "/a/../b""#,
                ]
            ),
            FieldCase(
                "stdin",
                good: [
                    #""stdin": "null""#, #""stdin": "inherit""#, #""stdin": {"file": "../x"}"#,
                    #""stdin": {"text": "a\u0000b"}"#,
                ],
                bad: [
                    #""stdin": "no""#: #"stdin: expected one of "null", "inherit", found "no""#,
                    #""stdin": {"file": ""}"#: #"stdin.file: expected a path, not empty and without NUL, found """#,
                    #""stdin": {"fil": "x"}"#: #"stdin.fil: unknown key "fil"; did you mean "file"?"#,
                ]
            ),
            FieldCase(
                "runtime",
                good: ["auto", "bwrap", "runc", "crun", "runsc"].map { "\"runtime\": \"\($0)\"" },
                bad: [
                    #""runtime": "docker""#:
                        #"runtime: expected one of "auto", "bwrap", "runc", "crun", "runsc", "direct", found "docker""#
                ]
            ),
            FieldCase(
                "preset",
                good: ["baseline", "restricted", "privileged", "overlay"].map { "\"preset\": \"\($0)\"" },
                bad: [
                    #""preset": "base""#:
                        #"preset: expected one of "baseline", "restricted", "privileged", "overlay", found "base""#
                ]
            ),
            FieldCase(
                "root",
                good: [
                    #""root": {"host": "ro", "writes": "discard"}"#, #""root": {"host": "rw"}"#,
                    #""root": {"oci": "d.tar", "ref": "latest"}"#, #""root": {"tar": "a.tar"}"#,
                    #""root": {"dir": "~/tree"}"#, #""root": {"image": "debian:12"}"#,
                    #""root": {"empty": true, "writes": "keep"}"#, #""root": {"writes": "deny"}"#,
                ],
                bad: [
                    #""root": {"host": "wr"}"#: #"root.host: expected one of "ro", "rw", found "wr""#,
                    #""root": {"empty": false}"#: "root.empty: expected true, found false",
                    #""root": {"oci": "x", "writes": "no"}"#:
                        #"root.writes: expected one of "deny", "discard", "keep", found "no""#,
                    #""root": {"tr": "x"}"#: #"root.tr: unknown key "tr""#,
                    #""root": "host""#: "root: expected an object, found a string",
                ]
            ),
            FieldCase(
                "mounts",
                good: [
                    #""mounts": [{"bind": "../a", "at": "/a", "mode": "rw", "optional": true}]"#,
                    #""mounts": [{"bind": "a", "at": "/a", "mode": "snapshot", "writable": true}]"#,
                    #""mounts": [{"tmpfs": "/t", "size": "64M", "perm": "1777"}, {"tmpfs": "/u", "size": 4096}]"#,
                    #""mounts": [{"text": "a\u0000", "at": "/f", "perm": "600"}]"#,
                    #""mounts": [{"hide": "~/.ssh", "optional": true}, {"readonly": "/etc"}]"#,
                ],
                bad: [
                    #""mounts": {}"#: "mounts: expected an array, found an object",
                    #""mounts": [{"bind": "a"}]"#: #"mounts[0]: missing key "at""#,
                    #""mounts": [{"bind": "", "at": "/a"}]"#:
                        #"mounts[0].bind: expected a path, not empty and without NUL, found """#,
                    #""mounts": [{"bind": "a", "at": "b"}]"#: #"mounts[0].at: expected \#(inside), found "b""#,
                    #""mounts": [{"bind": "a", "at": "/x", "mode": "wr"}]"#:
                        #"mounts[0].mode: expected one of "ro", "rw", "overlay", "snapshot", found "wr""#,
                    #""mounts": [{"hide": "/a/.."}]"#: #"mounts[0].hide: expected \#(inside), found "/a/..""#,
                    #""mounts": [{"readonly": "~bob"}]"#: #"mounts[0].readonly: expected \#(inside), found "~bob""#,
                    #""mounts": [{"tmpfs": "/a", "size": "64Q"}]"#: #"mounts[0].size: expected \#(size), found "64Q""#,
                    #""mounts": [{"tmpfs": "/a", "perm": "888"}]"#:
                        #"mounts[0].perm: expected three or four octal digits, found "888""#,
                    #""mounts": [{"text": "x", "at": "/a", "mode": "ro"}]"#: #"mounts[0].mode: unknown key "mode""#,
                ]
            ),
            FieldCase(
                "devices",
                good: [#""devices": "minimal""#, #""devices": "host""#, #""devices": ["/dev/fuse"]"#],
                bad: [
                    #""devices": "all""#: #"devices: expected one of "minimal", "host", found "all""#,
                    #""devices": ["fuse"]"#: #"devices[0]: expected an absolute path without "..", found "fuse""#,
                ]
            ),
        ] + more

    private static func nameError(_ found: String) -> String {
        #"name: expected a name of letters, digits, ".", "_" and "-" that is neither "last" nor like a digest, "#
            + "found \"\(found)\""
    }
}
