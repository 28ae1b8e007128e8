package import JSON

/// How a request is made from the scope of a call.
package struct RequestTemplate: Sendable, Hashable {
    package var method: String
    package var path: TextTemplate
    package var query: [NamedTemplate]
    package var headers: [NamedTemplate]
    package var body: JSONTemplate?

    package struct NamedTemplate: Sendable, Hashable {
        package var name: String
        package var value: TextTemplate
    }

    package var references: [Reference] {
        path.references + query.flatMap(\.value.references) + headers.flatMap(\.value.references) + (body?.references ?? [])
    }

    package func render(_ scope: JSONObject) throws(TemplateError) -> RenderedRequest {
        var query: [String] = []
        for parameter in self.query {
            let value = try parameter.value.text(in: scope)
            query.append("\(PercentEncoding.encode(parameter.name))=\(PercentEncoding.encode(value))")
        }
        var headers: [RenderedRequest.Header] = []
        for header in self.headers {
            let value = try header.value.text(in: scope)
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw TemplateError("the header \(header.name) would hold a control character")
            }
            headers.append(RenderedRequest.Header(name: header.name, value: value))
        }
        let path = try self.path.text(in: scope) { text throws(TemplateError) in try PercentEncoding.encodeSegment(text) }
        return RenderedRequest(
            method: method, path: path, query: query.joined(separator: "&"), headers: headers, body: try body?.value(in: scope)?.encoded())
    }
}

/// A request without its secrets: safe to digest, to show in a dry run, and to keep.
package struct RenderedRequest: Sendable, Hashable {
    package struct Header: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var method: String
    /// Below the connection's base address, percent-encoded.
    package var path: String
    package var query: String
    package var headers: [Header]
    package var body: [UInt8]?

    package init(method: String, path: String, query: String, headers: [Header], body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// Path and query, as they stand in a request line.
    package var target: String { query.isEmpty ? path : "\(path)?\(query)" }

    /// What the receipt's request digest is taken over.
    package var digestInput: [UInt8] { Array("\(method) \(target)\n".utf8) + (body ?? []) }
}
