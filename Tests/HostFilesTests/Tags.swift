import Testing

extension Tag {
    /// Memory alone.
    @Tag static var small: Self
    /// Files and processes.
    @Tag static var medium: Self
}
