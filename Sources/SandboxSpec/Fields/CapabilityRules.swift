import JSONText

extension Spec {
    /// What is dropped from the preset's capabilities, and then added.
    ///
    /// Lists are sorted by name and without repetition, and written with `CAP_`.
    package struct CapabilityRules: Sendable, Hashable {
        /// Whether `ALL` stands in drop.
        package let dropsAll: Bool
        /// Those that drop names one by one.
        package let drop: [Capability]
        /// Those that are added after that.
        package let add: [Capability]

        /// Sorts the lists and removes repetitions.
        package init(dropsAll: Bool = false, drop: [Capability] = [], add: [Capability] = []) {
            self.dropsAll = dropsAll
            self.drop = drop.isEmpty ? drop : Set(drop).sorted()
            self.add = add.isEmpty ? add : Set(add).sorted()
        }

        init(_ json: JSONValue) {
            let drop = json["drop"]?.strings ?? []
            self.init(
                dropsAll: drop.contains(where: Self.isAll),
                drop: drop.compactMap { Capability($0) },
                add: (json["add"]?.strings ?? []).compactMap { Capability($0) }
            )
        }

        /// The words of drop that stand for all of them.
        static let wordsForAll = ["ALL", "all", "CAP_ALL", "cap_all"]

        /// Whether a word of drop stands for all of them.
        static func isAll(_ word: String) -> Bool { wordsForAll.contains(word) }

        var json: JSONValue {
            let dropped = (dropsAll ? ["ALL"] : []) + drop.map(\.name)
            return .object(
                JSONValue.said([
                    "drop": dropped.isEmpty ? nil : .strings(dropped),
                    "add": add.isEmpty ? nil : .strings(add.map(\.name)),
                ])
            )
        }
    }
}
