internal import Foundation
internal import FoundationXML

/// An element of an XML text, without comments and processing instructions.
struct XMLTree: Sendable {
    var namespace: String
    var name: String
    /// By their local names; `xmlns` declarations are none.
    var attributes: [String: String]
    /// Attributes of other namespaces, as they were written.
    var foreign: [String: String]
    var children: [XMLTree] = []
    /// Characters directly below it.
    var text = ""
    var line: Int

    func children(named name: String) -> [XMLTree] { children.filter { $0.name == name } }
    func first(_ name: String) -> XMLTree? { children.first { $0.name == name } }

    /// - Throws: For a document type too: with it come entities, and what they unfold to.
    static func parse(_ bytes: [UInt8], _ limits: SourceLimits) throws(SourceFault) -> XMLTree {
        guard bytes.count <= limits.size else { throw SourceFault.tooLarge(limits) }
        guard !XMLProlog.declaresType(bytes) else {
            throw SourceFault("the text declares a document type", fix: "remove <!DOCTYPE …>: entities are not read")
        }
        let parser = XMLParser(data: Data(bytes))
        let builder = XMLTreeBuilder(limits)
        parser.delegate = builder
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        let isWhole = parser.parse()
        if let fault = builder.fault { throw fault }
        guard isWhole, let root = builder.root else {
            throw SourceFault(line: max(1, parser.lineNumber), column: max(1, parser.columnNumber), "this is no XML", fix: "correct it at that place")
        }
        return root
    }
}

/// What stands before the root.
enum XMLProlog {
    /// A document type can stand nowhere else.
    static func declaresType(_ bytes: [UInt8]) -> Bool {
        // In another encoding than those whose letters are ASCII's, the parser might see what is not seen here.
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) || bytes.prefix(4).contains(0) { return true }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        while true {
            rest = rest.drop { " \t\r\n".utf8.contains($0) }
            if rest.starts(with: "<?".utf8) {
                guard let next = end(of: "?>", in: rest) else { return false }
                // UTF-7 and EBCDIC would hide a type, too.
                let declaration = String(decoding: rest[..<next], as: UTF8.self).lowercased()
                if declaration.contains("encoding"), !["utf-8", "us-ascii", "iso-8859-", "windows-125"].contains(where: declaration.contains) {
                    return true
                }
                rest = rest[next...]
            } else if rest.starts(with: "<!--".utf8) {
                guard let next = end(of: "-->", in: rest.dropFirst(4)) else { return false }
                rest = rest[next...]
            } else {
                return rest.starts(with: "<!".utf8)
            }
        }
    }

    private static func end(of mark: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let mark = Array(mark.utf8)
        var index = bytes.startIndex
        while index + mark.count <= bytes.endIndex {
            if bytes[index..<(index + mark.count)].elementsEqual(mark) { return index + mark.count }
            index += 1
        }
        return nil
    }
}

private final class XMLTreeBuilder: NSObject, XMLParserDelegate {
    private let limits: SourceLimits
    private var open: [XMLTree] = []
    private var count = 0
    var root: XMLTree?
    var fault: SourceFault?

    init(_ limits: SourceLimits) { self.limits = limits }

    private func stop(_ parser: XMLParser, _ reason: String, fix: String) {
        if fault == nil { fault = SourceFault(line: max(1, parser.lineNumber), column: max(1, parser.columnNumber), reason, fix: fix) }
        parser.abortParsing()
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String] = [:]
    ) {
        guard fault == nil else { return }
        count += 1
        guard count <= limits.values else { return stop(parser, "it has more than \(limits.values) elements", fix: "split it") }
        guard open.count < limits.depth else { return stop(parser, "it is nested deeper than \(limits.depth)", fix: "flatten it") }
        let own = attributes.filter { !$0.key.contains(":") && $0.key != "xmlns" }
        let foreign = attributes.filter { $0.key.contains(":") && !$0.key.hasPrefix("xmlns:") }
        let name = elementName.split(separator: ":").last.map(String.init) ?? elementName
        open.append(XMLTree(namespace: namespaceURI ?? "", name: name, attributes: own, foreign: foreign, line: parser.lineNumber))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard fault == nil, !open.isEmpty else { return }
        open[open.count - 1].text += string
    }

    func parser(_ parser: XMLParser, foundCDATA CDATABlock: Data) {
        guard fault == nil, !open.isEmpty else { return }
        open[open.count - 1].text += String(decoding: CDATABlock, as: UTF8.self)
    }

    func parser(_ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?) {
        guard fault == nil, let done = open.popLast() else { return }
        if open.isEmpty { root = done } else { open[open.count - 1].children.append(done) }
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        stop(parser, "this is no XML", fix: "correct it at that place")
    }
}
