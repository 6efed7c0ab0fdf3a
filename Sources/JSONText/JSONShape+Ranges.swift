extension JSONShape {
    /// The error for an integer that lies outside.
    static func outOfRange(_ range: ClosedRange<Int64>) -> JSONShapeError {
        let bounds = bounds(of: range)
        return outOfRange(bounds.lower?.description, bounds.upper?.description)
    }

    /// The error for a number that lies outside.
    static func outOfRange(_ range: ClosedRange<Double>) -> JSONShapeError {
        let bounds = bounds(of: range)
        return outOfRange(bounds.lower?.description, bounds.upper?.description)
    }

    /// The bounds of a range that say something.
    static func bounds(of range: ClosedRange<Int64>) -> (lower: Int64?, upper: Int64?) {
        (
            range.lowerBound == .min ? nil : range.lowerBound,
            range.upperBound == .max ? nil : range.upperBound
        )
    }

    /// The bounds of a range that say something.
    static func bounds(of range: ClosedRange<Double>) -> (lower: Double?, upper: Double?) {
        let limit = Double.greatestFiniteMagnitude
        return (
            range.lowerBound <= -limit ? nil : range.lowerBound,
            range.upperBound >= limit ? nil : range.upperBound
        )
    }

    private static func outOfRange(_ lower: String?, _ upper: String?) -> JSONShapeError {
        let text =
            switch (lower, upper) {
            case (let lower?, let upper?): "\(lower) … \(upper)"
            case (let lower?, nil): "at least \(lower)"
            case (nil, let upper?): "at most \(upper)"
            case (nil, nil): "a finite number"
            }
        return JSONShapeError(path: "", message: "out of range: \(text)")
    }
}
