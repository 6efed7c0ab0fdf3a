extension FieldCase {
    private static let variable = #"a variable's name, not empty and without "=" and NUL"#

    static let more: [FieldCase] = [
        FieldCase(
            "env",
            good: [
                #""env": {"inherit": ["LC_*", "[A-Z]*"], "unset": ["X*"], "set": {"A.B": ""}}"#,
                #""env": {"inherit": true, "path": {"dir": "/opt/bin", "position": "append"}}"#,
            ],
            bad: [
                #""env": {"inherit": "all"}"#: "env.inherit: expected a boolean or an array, found a string",
                #""env": {"inherit": ["["]}"#: #"env.inherit[0]: expected a glob such as "LC_*", found "[""#,
                #""env": {"unset": [""]}"#: #"env.unset[0]: expected a glob such as "LC_*", found """#,
                #""env": {"set": {"": "x"}}"#: "env.set[\"\"]: bad key: expected \(variable), found \"\"",
                #""env": {"set": {"A": 1}}"#: "env.set.A: expected a string, found an integer",
                #""env": {"path": {"dir": "/a:/b"}}"#:
                    #"env.path.dir: expected an absolute path without ".." and ":", found "/a:/b""#,
                #""env": {"path": {"dir": "/a", "position": "front"}}"#:
                    #"env.path.position: expected one of "prepend", "append", found "front""#,
                #""env": {"st": {}}"#: #"env.st: unknown key "st"; did you mean "set"?"#,
            ]
        ),
        FieldCase(
            "broker",
            good: [#""broker": {"socket": "/s", "shim": "shim", "socketVariable": "S", "shimVariable": "T"}"#],
            bad: [
                #""broker": {"socket": "/s"}"#: #"broker: missing key "shim""#,
                #""broker": {"socket": "/s", "shim": "p", "shimVariable": "A=B"}"#:
                    "broker.shimVariable: expected \(variable), found \"A=B\"",
            ]
        ),
        FieldCase(
            "secrets",
            good: [
                #""secrets": {"TOKEN": {"env": "T", "key": "ignore"}}"#,
                #""secrets": {"TOKEN": {"file": "~/t", "at": "/run/t", "key": "id"}}"#,
            ],
            bad: [
                #""secrets": {"T": {}}"#: #"secrets.T: missing key "env""#,
                #""secrets": {"T": {"env": "V", "at": "/x"}}"#: #"secrets.T.at: unknown key "at""#,
                #""secrets": {"T": {"env": "V", "key": "md5"}}"#:
                    #"secrets.T.key: expected one of "hmac", "id", "ignore", found "md5""#,
            ]
        ),
        FieldCase(
            "network",
            good: [#""network": "none""#, #""network": "host""#],
            bad: [#""network": "bridge""#: #"network: expected one of "none", "host", found "bridge""#]
        ),
        FieldCase(
            "namespaces",
            good: [#""namespaces": {"pid": false, "ipc": true, "time": true}"#],
            bad: [
                #""namespaces": {"pid": 1}"#: "namespaces.pid: expected a boolean, found an integer",
                #""namespaces": {"pdi": true}"#: #"namespaces.pdi: unknown key "pdi"; did you mean "pid"?"#,
            ]
        ),
        FieldCase(
            "hostname",
            good: [#""hostname": "a.b-1""#],
            bad: [
                #""hostname": "-a""#:
                    #"hostname: expected a host name of letters, digits, ".", "_" and "-", found "-a""#,
                "\"hostname\": \"\(String(repeating: "a", count: 65))\"":
                    "hostname: expected at most 64 bytes, found 65",
            ]
        ),
        FieldCase(
            "user",
            good: [#""user": {"uid": 4294967294, "gid": 0, "map": "subids"}"#],
            bad: [
                #""user": {"uid": 4294967295}"#: "user.uid: out of range: 0 … 4294967294",
                #""user": {"gid": -1}"#: "user.gid: out of range: 0 … 4294967294",
                #""user": {"map": "many"}"#: #"user.map: expected one of "single", "subids", "none", found "many""#,
            ]
        ),
        FieldCase(
            "security",
            good: [
                #""security": {"seccomp": "default"}"#, #""security": {"seccomp": {"file": "f"}}"#,
                #""security": {"capabilities": {"drop": ["ALL"], "add": ["cap_kill", "NET_RAW"]}}"#,
                #""security": {"noNewPrivileges": false, "maskedPaths": [], "readonlyPaths": ["/proc/sys"]}"#,
            ],
            bad: [
                #""security": {"seccomp": "off"}"#:
                    #"security.seccomp: expected one of "default", "unconfined", found "off""#,
                #""security": {"capabilities": {"add": ["ALL"]}}"#:
                    #"security.capabilities.add[0]: expected a capability such as "NET_ADMIN", found "ALL""#,
                #""security": {"capabilities": {"drop": ["CAP_FOO"]}}"#:
                    #"security.capabilities.drop[0]: expected "ALL" or a capability such as "NET_ADMIN", found "CAP_FOO""#,
                #""security": {"noNewPrivileges": "yes"}"#:
                    "security.noNewPrivileges: expected a boolean, found a string",
                #""security": {"maskedPaths": ["proc"]}"#:
                    #"security.maskedPaths[0]: expected an absolute path without "..", found "proc""#,
                #""security": {"readonlyPaths": ["/a/../b"]}"#:
                    #"security.readonlyPaths[0]: expected an absolute path without "..", found "/a/../b""#,
            ]
        ),
        FieldCase(
            "resources",
            good: [
                #""resources": {"memory": "1.5G", "swap": 2147483648, "cpus": 1.5, "pids": 64}"#,
                #""resources": {"rlimits": {"nofile": 64, "core": [0, -1]}, "timeout": "2m", "grace": "0s"}"#,
            ],
            bad: [
                #""resources": {"memory": "1.5"}"#:
                    #"resources.memory: expected a size such as "512M" or "1.5G", found "1.5""#,
                #""resources": {"swap": -1}"#: "resources.swap: out of range: at least 0",
                #""resources": {"cpus": 0}"#: "resources.cpus: out of range: 0.001 … 1048576.0",
                #""resources": {"pids": 0}"#: "resources.pids: out of range: 1 … 4194304",
                #""resources": {"rlimits": {"nofile": [1]}}"#:
                    "resources.rlimits.nofile: expected at least 2 items, found 1",
                #""resources": {"rlimits": {"nofile": [1, 2, 3]}}"#:
                    "resources.rlimits.nofile: expected two values, soft and hard, found 3",
                #""resources": {"timeout": "30"}"#:
                    #"resources.timeout: expected a time above zero such as "500ms", "30s" or "2m", found "30""#,
                #""resources": {"timeout": "0s"}"#:
                    #"resources.timeout: expected a time above zero such as "500ms", "30s" or "2m", found "0s""#,
                #""resources": {"grace": 5}"#: "resources.grace: expected a string, found an integer",
            ]
        ),
        FieldCase(
            "tty",
            good: [#""tty": true"#],
            bad: [#""tty": "yes""#: "tty: expected a boolean, found a string"]
        ),
        FieldCase(
            "init",
            good: [#""init": "auto""#, #""init": true"#, #""init": false"#],
            bad: [#""init": "tini""#: #"init: expected "auto", found "tini""#]
        ),
        FieldCase(
            "capture",
            good: [#""capture": {"mode": "combined", "limit": "1K"}"#],
            bad: [
                #""capture": {"mode": "both"}"#:
                    #"capture.mode: expected one of "separate", "combined", "none", found "both""#,
                #""capture": {"limit": true}"#:
                    #"capture.limit: expected a size such as "512M" or "1.5G" or an integer, found a boolean"#,
            ]
        ),
        FieldCase(
            "outputs",
            good: [#""outputs": ["/a", "/b/**", {"path": "/c/*.xml", "required": true}]"#],
            bad: [
                #""outputs": ["a"]"#: #"outputs[0]: expected an absolute path or glob without "..", found "a""#,
                #""outputs": [{"path": "/a["}]"#:
                    #"outputs[0].path: expected an absolute path or glob without "..", found "/a[""#,
            ]
        ),
        FieldCase(
            "cache",
            good: [#""cache": "never""#, #""cache": "always""#],
            bad: [#""cache": "yes""#: #"cache: expected one of "never", "hermetic", "always", found "yes""#]
        ),
        FieldCase(
            "require",
            good: [#""require": ["network", "security.seccomp", "mounts.hide"]"#],
            bad: [#""require": "network""#: "require: expected an array, found a string"]
        ),
        FieldCase(
            "annotations",
            good: [#""annotations": {"org.example": "x"}"#],
            bad: [#""annotations": {"a": 1}"#: "annotations.a: expected a string, found an integer"]
        ),
    ]
}
