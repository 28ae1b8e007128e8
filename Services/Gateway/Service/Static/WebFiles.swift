internal import Foundation
internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The web page's files, read once at start: hashed assets for ever, and the page itself for every path of the application.
struct WebFiles: Sendable {
    private struct File: Sendable {
        var bytes: ByteBuffer
        /// By content coding: br, gzip.
        var encoded: [String: ByteBuffer]
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
            guard let type = AssetRules.mediaType(of: name), let bytes = load(name) else { continue }
            let encoded = ["br": load(name + ".br"), "gzip": load(name + ".gz")].compactMapValues { $0 }
            files[name] = File(bytes: bytes, encoded: encoded, type: type)
        }
        self.files = files
    }

    /// Nil where there is no such file.
    func asset(_ name: String, _ request: Request) -> Response? {
        files["assets/\(name)"].map { response($0, request, cache: AssetRules.cacheControl(of: name)) }
    }

    /// Nil where the page was not built.
    func page(_ request: Request) -> Response? {
        files["index.html"].map { response($0, request, cache: "no-cache") }
    }

    private func response(_ file: File, _ request: Request, cache: String) -> Response {
        var headers: HTTPFields = [.contentType: file.type, .cacheControl: cache, .vary: "Accept-Encoding"]
        let encoding = AssetRules.encoding(accepting: request.headers[.acceptEncoding] ?? "", available: Set(file.encoded.keys))
        if let encoding { headers[.contentEncoding] = encoding }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: encoding.flatMap { file.encoded[$0] } ?? file.bytes))
    }
}
