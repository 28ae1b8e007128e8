public import Cedar
public import JSON

/// Strict validation by Cedar's own rules. A schema in JSON begins with a brace; any other is in Cedar's syntax.
public struct SchemaValidator: BundleValidator {
    public init() {}

    public func problems(_ policies: PolicySet, entities: JSONValue, schema text: String) -> [BundleProblem] {
        let schema: Schema
        do throws(SchemaError) {
            let isJSON = text.utf8.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{")
            schema = isJSON ? try Schema(parsingJSON: text) : try Schema(parsing: text)
        } catch {
            return error.faults.map(Self.problem)
        }
        let found = PolicyValidator(schema).validate(policies).errors.map(Self.problem)
        guard found.isEmpty else { return found }
        do throws(EntitiesError) {
            return schema.faults(in: try Entities(json: entities)).map(Self.problem)
        } catch {
            return [BundleProblem(source: .entities, line: 0, column: 0, message: "entities: \(error)")]
        }
    }

    private static func problem(_ fault: SchemaError.Fault) -> BundleProblem {
        let way = fault.path.isEmpty ? "" : " at " + fault.path.joined(separator: ".")
        return BundleProblem(
            source: .schema, line: fault.position?.line ?? 0, column: fault.position?.column ?? 0, message: fault.message + way,
            fix: fault.suggestion ?? "")
    }

    private static func problem(_ finding: ValidationFinding) -> BundleProblem {
        BundleProblem(
            line: finding.position?.line ?? 0, column: finding.position?.column ?? 0, message: finding.message, policy: finding.policy.description,
            fix: finding.suggestion ?? "")
    }

    private static func problem(_ fault: DataFault) -> BundleProblem {
        BundleProblem(source: .entities, line: 0, column: 0, message: fault.description, fix: fault.suggestion ?? "")
    }
}
