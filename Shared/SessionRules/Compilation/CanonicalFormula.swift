/// A condition as text in which variables are numbered, so that conditions that mean the same by their form are equal.
enum CanonicalFormula {
    static func text(of formula: Formula) -> String {
        var printer = Printer()
        printer.write(formula, [:])
        return printer.text
    }

    static func text(of term: Term) -> String {
        var printer = Printer()
        printer.write(term, [:])
        return printer.text
    }

    private struct Printer {
        var text = ""
        private var variables = 0

        mutating func write(_ formula: Formula, _ names: [String: Int]) {
            switch formula.kind {
            case .all(let parts):
                text += "(all"
                for part in parts { write(part, names) }
                text += ")"
            case .not(let body): operatorText("not", nil, [body], names)
            case .formerly(let window, let body): operatorText("formerly", window, [body], names)
            case .previous(let window, let body): operatorText("previous", window, [body], names)
            case .since(let left, let window, let right): operatorText("since", window, [left, right], names)
            case .event(let pattern):
                text += "(event \(pattern.action) \(pattern.kind)"
                for field in pattern.fields {
                    text += " \(field.path.joined(separator: ".")):"
                    write(field.term, names)
                }
                text += ")"
            case .comparison(let relation, let left, let right):
                text += "(\(relation.rawValue) "
                write(left, names)
                text += " "
                write(right, names)
                text += ")"
            case .exists(let binder, let body):
                var names = names
                declare(binder, &names)
                operatorText("exists", nil, [body], names)
            case .timepoint(let name): text += "(tp v\(names[name.text] ?? -1))"
            case .call, .parameter, .refined: preconditionFailure("macros are expanded before")
            }
        }

        private mutating func declare(_ binder: Binder, _ names: inout [String: Int]) {
            names[binder.name.text] = variables
            variables += 1
        }

        private mutating func operatorText(_ name: String, _ window: Window?, _ bodies: [Formula], _ names: [String: Int]) {
            text += "(\(name)\(window.map { " \($0.micros)" } ?? "") "
            for body in bodies { write(body, names) }
            text += ")"
        }

        mutating func write(_ term: Term, _ names: [String: Int]) {
            switch term.kind {
            case .value(let value): text += "\(value)"
            case .context(let path): text += "context.\(path.joined(separator: "."))"
            case .scope(let variable, let path): text += ([variable.rawValue] + path).joined(separator: ".")
            case .variable(let name): text += "v\(names[name] ?? -1)"
            case .wildcard: text += "*"
            case .aggregate(let aggregate):
                var inner = names
                text += "("
                for binder in aggregate.binders { declare(binder, &inner) }
                if case .sum(let name) = aggregate.kind { text += "sum v\(inner[name.text] ?? -1)" } else { text += "count" }
                text += " \(aggregate.binders.map { "v\(inner[$0.name.text] ?? -1)" }.joined(separator: ",")) "
                write(aggregate.body, inner)
                text += ")"
            case .parameter, .fresh: preconditionFailure("macros are expanded before")
            }
        }
    }
}
