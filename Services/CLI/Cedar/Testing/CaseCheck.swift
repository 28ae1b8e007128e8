internal import Cedar

/// What a case is held against. Each check reads the case anew, so that one does not depend on another.
protocol CaseCheck {
    /// One line for each thing that is otherwise than the case says.
    func differences(in case: CedarCase) throws -> [String]
}

/// What the schema of a case says of the shapes of values; nil where it has none.
typealias ShapesOfCase = (CedarCase) throws -> (any ValueShapes)?
