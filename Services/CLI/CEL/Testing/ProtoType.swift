internal import CEL

/// `cel.expr.Decl` and `cel.expr.Type`.
enum ProtoType {
    static func environment(_ declarations: [TextProto]) throws(SimpleTest.Skipped) -> CELEnvironment {
        var environment = CELEnvironment(variables: [:])
        for declaration in declarations {
            let name = declaration.text("name")
            if let ident = declaration.message("ident") { environment.variables[name] = try type(ident.message("type") ?? TextProto()) }
            for overload in declaration.message("function")?.all("overloads") ?? [] {
                var parameters: [CELStaticType] = []
                for parameter in overload.all("params") { parameters.append(try type(parameter)) }
                let result = try type(overload.message("result_type") ?? TextProto())
                environment.functions[name, default: []].append(
                    CELSignature(parameters: parameters, result: result, isMember: overload.isTrue("is_instance_function")))
            }
        }
        return environment
    }

    static func type(_ proto: TextProto) throws(SimpleTest.Skipped) -> CELStaticType {
        guard let field = proto.fields.first else { return .dyn }
        let inner = field.value.message ?? TextProto()
        switch field.name {
        case "dyn": return .dyn
        case "null": return .null
        case "primitive": return try primitive(field.value.text)
        case "wrapper": return .wrapper(try primitive(field.value.text))
        case "well_known":
            switch field.value.text {
            case "TIMESTAMP": return .timestamp
            case "DURATION": return .duration
            default: return .dyn
            }
        case "list_type": return .list(try type(inner.message("elem_type") ?? TextProto()))
        case "map_type": return .map(try type(inner.message("key_type") ?? TextProto()), try type(inner.message("value_type") ?? TextProto()))
        case "type": return .type(try type(inner))
        case "type_param": return .parameter(field.value.text)
        case "abstract_type":
            var parameters: [CELStaticType] = []
            for parameter in inner.all("parameter_types") { parameters.append(try type(parameter)) }
            return .opaque(inner.text("name"), parameters)
        case "message_type":
            switch field.value.text {
            case "google.protobuf.Timestamp": return .timestamp
            case "google.protobuf.Duration": return .duration
            case "google.protobuf.Struct": return .map(.string, .dyn)
            case "google.protobuf.ListValue": return .list(.dyn)
            case "google.protobuf.Value", "google.protobuf.Any": return .dyn
            case "google.protobuf.BoolValue": return .wrapper(.bool)
            case "google.protobuf.Int32Value", "google.protobuf.Int64Value": return .wrapper(.int)
            case "google.protobuf.UInt32Value", "google.protobuf.UInt64Value": return .wrapper(.uint)
            case "google.protobuf.FloatValue", "google.protobuf.DoubleValue": return .wrapper(.double)
            case "google.protobuf.StringValue": return .wrapper(.string)
            case "google.protobuf.BytesValue": return .wrapper(.bytes)
            default: throw SimpleTest.Skipped(reason: "needs the protobuf message \(field.value.text)")
            }
        default: throw SimpleTest.Skipped(reason: "a type of the unknown kind \(field.name)")
        }
    }

    private static func primitive(_ name: String) throws(SimpleTest.Skipped) -> CELStaticType {
        switch name {
        case "BOOL": return .bool
        case "INT64": return .int
        case "UINT64": return .uint
        case "DOUBLE": return .double
        case "STRING": return .string
        case "BYTES": return .bytes
        default: throw SimpleTest.Skipped(reason: "a type of the unknown kind \(name)")
        }
    }
}
