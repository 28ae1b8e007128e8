/// The text that a schema was read from, to say where a fault lies.
enum SchemaSource {
    case none
    case cedar(SourceText)
    case json(SourceText)

    func fault(_ fault: SchemaFault) -> SchemaError.Fault {
        SchemaError.Fault(message: fault.message, suggestion: fault.suggestion, position: position(of: fault.place), path: path(fault.place))
    }

    private func path(_ place: SchemaPlace) -> [String] {
        guard case .path(let path) = place else { return [] }
        return path
    }

    private func position(of place: SchemaPlace) -> SourcePosition? {
        switch (self, place) {
        case (.cedar(let text), .span(let span)): text.position(of: span.lower)
        case (.json(let text), .path(let path)): text.position(of: JSONPlace.offset(of: path, in: text.bytes))
        default: nil
        }
    }
}
