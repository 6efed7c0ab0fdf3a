/// The six stages, in order.
package enum StageName: String, Sendable, Hashable, CaseIterable {
    case resolve, env, materialize, archive, launch, collect

    /// Place in the order, from 1.
    package var number: Int {
        switch self {
        case .resolve: 1
        case .env: 2
        case .materialize: 3
        case .archive: 4
        case .launch: 5
        case .collect: 6
        }
    }

    /// The stage's folder below a plan's or run's in `stages/`.
    package var folder: String { "\(number)-\(rawValue)" }
}
