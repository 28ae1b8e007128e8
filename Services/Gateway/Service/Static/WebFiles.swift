internal import Foundation
internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The web page's files, read once at start: hashed assets for ever, and the page itself for every path of the application.
struct WebFiles: Sendable {
    private struct File: Sendable {
        var bytes: ByteBuffer
        var gzip: ByteBuffer?
        var brotli: ByteBuffer?
        var type: String
    }

    private let files: [String: File]

    /// An absent folder serves nothing but a hint.
    init(directory: String?) {
        guard let directory, let names = try? FileManager.default.subpathsOfDirectory(atPath: directory) else {
            files = [:]
            return
        }
        let load = { (name: String) -> ByteBuffer? in
            FileManager.default.contents(atPath: "\(directory)/\(name)").map { ByteBuffer(bytes: $0) }
        }
        var files: [String: File] = [:]
        for name in names where !name.hasSuffix(".gz") && !name.hasSuffix(".br") {
            guard let type = Self.type(of: name), let bytes = load(name) else { continue }
            files[name] = File(bytes: bytes, gzip: load(name + ".gz"), brotli: load(name + ".br"), type: type)
        }
        self.files = files
    }

    func asset(_ path: String, _ request: Request) -> Response {
        guard let file = files["assets/\(path)"] else { return Problem.notFound.response(instance: request.uri.path, trace: "") }
        return response(file, request, cache: "public, max-age=31536000, immutable")
    }

    func page(_ request: Request) -> Response {
        guard let file = files["index.html"] else {
            return Problem(503, code: "WEB_NOT_BUILT", title: "The web page is not built; run `make web`").response(instance: request.uri.path, trace: "")
        }
        return response(file, request, cache: "no-cache")
    }

    private func response(_ file: File, _ request: Request, cache: String) -> Response {
        let accepted = request.headers[.acceptEncoding] ?? ""
        var headers: HTTPFields = [.contentType: file.type, .cacheControl: cache, .vary: "Accept-Encoding"]
        if let brotli = file.brotli, accepted.contains("br") {
            headers[.contentEncoding] = "br"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: brotli))
        }
        if let gzip = file.gzip, accepted.contains("gzip") {
            headers[.contentEncoding] = "gzip"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: gzip))
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.bytes))
    }

    private static func type(of name: String) -> String? {
        let types = [
            "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
            "svg": "image/svg+xml", "woff2": "font/woff2", "png": "image/png", "json": "application/json", "txt": "text/plain; charset=utf-8",
        ]
        return name.split(separator: ".").last.flatMap { types[String($0)] }
    }
}
