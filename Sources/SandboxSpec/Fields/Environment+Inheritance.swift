package import JSONText

extension Spec.Environment {
    /// What is taken over from the caller's environment.
    package enum Inheritance: Sendable, Hashable {
        case all
        case none
        /// Variables with names that one of these matches.
        case matching([Glob])

        /// What a spec inherits that doesn't say (SPEC.md, `env.inherit`).
        package static let standard = Inheritance.matching(
            ["PATH", "HOME", "USER", "LANG", "LC_*", "TZ", "TERM"].compactMap { Glob($0) }
        )

        /// Whether a variable of that name is taken over.
        package func takes(_ name: String) -> Bool {
            switch self {
            case .all: true
            case .none: false
            case .matching(let globs): globs.contains { $0.matches(name) }
            }
        }

        /// Nil for anything but a truth value or an array of globs.
        package init?(_ json: JSONValue) {
            if let all = json.boolValue {
                self = all ? .all : .none
            } else if let patterns = json.strings {
                self = .matching(patterns.compactMap { Glob($0) })
            } else {
                return nil
            }
        }

        /// As the spec says it.
        package var json: JSONValue {
            switch self {
            case .all: true
            case .none: false
            case .matching(let globs): .strings(globs.map(\.pattern))
            }
        }
    }

    /// A folder put at one end of PATH.
    package struct PathSplice: Sendable, Hashable {
        /// Which end.
        package enum Position: String, Sendable, Hashable, CaseIterable {
            case prepend, append
        }

        /// The PATH that is spliced when there is none inside, or an empty one (SPEC.md, `env.path`).
        package static let fallback = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

        /// Inside and absolute, without a colon.
        package var folder: String
        /// `prepend` unless said otherwise.
        package var position: Position

        /// A folder at the front, unless told otherwise.
        package init(folder: String, position: Position = .prepend) {
            self.folder = folder
            self.position = position
        }

        init?(_ json: JSONValue) {
            guard let folder = json["dir"]?.stringValue else { return nil }
            self.init(folder: folder, position: json.word("position") ?? .prepend)
        }

        var json: JSONValue {
            .object(JSONValue.said(["dir": .string(folder), "position": position == .append ? "append" : nil]))
        }
    }
}
