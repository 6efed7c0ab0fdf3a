/// What a JSON value may be: one source for checking values and for the JSON Schema that is published.
package indirect enum JSONShape: Sendable {
    /// Any value.
    case any
    /// `true` or `false`.
    case bool
    /// `null`.
    case null
    /// That value alone.
    case constant(JSONValue)
    /// A string that the rule takes.
    case string(JSONStringRule)
    /// A number without fraction or exponent, within the range; `Int64.min` and `Int64.max` are no bounds.
    case integer(ClosedRange<Int64>)
    /// Any number within the range, integers included; infinite and greatest finite bounds are none.
    case number(ClosedRange<Double>)
    /// An array of at least that many items of one shape.
    case array(of: JSONShape, minimum: Int)
    /// An array of at least one item, the first of one shape and each other of another.
    case sequence(first: JSONShape, rest: JSONShape)
    /// An object with free keys, which the rule takes, and values of one shape.
    case map(keys: JSONStringRule, of: JSONShape)
    /// An object with these fields and no others.
    case object(JSONObjectShape)
    /// A value of any of these shapes.
    case choice([JSONShape])
}
