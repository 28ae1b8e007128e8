internal import FlowImporting

/// Everything that reads bytes from outside, by the name it is fuzzed under.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case frames, connection, metadata, wire, resp, delegation
    case json, cel, cedar, session, sessionState, schema, schemaJSON, validation, entities, flow, flowYAML, asl, workflow, bpmn, manifest, receipts,
        requests, access

    /// Reads one input. What cannot be read is refused and no matter; what is read must hold what the parser promises.
    /// - Parameter peak: Runs its body and returns by how many bytes the heap grew within it at most; 0 where nobody measures.
    public func run(_ bytes: [UInt8], peak: PeakMeter) throws(BrokenPromise) {
        switch self {
        case .frames: try FrameBytes.run(bytes, peak)
        case .connection: try ConnectionScript.run(bytes)
        case .metadata: try MetadataBytes.run(bytes)
        case .wire: try MessageBytes.run(bytes, peak)
        case .resp: try ReplyBytes.run(bytes, peak)
        case .delegation: try TokenText.run(bytes)
        case .json: try JSONText.run(bytes, peak)
        case .cel: try ExpressionText.run(bytes)
        case .cedar: try PolicyText.run(bytes)
        case .session: try SessionText.run(bytes)
        case .sessionState: try SessionBytes.run(bytes, peak)
        case .schema: try SchemaText.run(bytes)
        case .schemaJSON: try SchemaText.runJSON(bytes)
        case .validation: try ValidationText.run(bytes)
        case .entities: try EntitiesText.run(bytes)
        case .flow: try FlowText.run(bytes)
        case .flowYAML: try ImportText.runYAML(bytes)
        case .asl: try ImportText.run(bytes, .statesLanguage)
        case .workflow: try ImportText.run(bytes, .serverlessWorkflow)
        case .bpmn: try ImportText.run(bytes, .bpmn)
        case .manifest: ManifestText.run(bytes)
        case .receipts: try ReceiptText.run(bytes)
        case .requests: try RequestText.run(bytes)
        case .access: try AccessText.run(bytes)
        }
    }

    /// What fuzzing begins with; made by the code under test, so that no change of a format leaves them behind.
    public func seeds() throws -> [[UInt8]] {
        switch self {
        case .frames: FrameBytes.seeds
        case .connection: ConnectionScript.seeds
        case .metadata: MetadataBytes.seeds
        case .wire: MessageBytes.seeds
        case .resp: ReplyBytes.seeds
        case .delegation: try TokenText.seeds()
        case .json: JSONText.seeds
        case .cel: ExpressionText.seeds
        case .cedar: PolicyText.seeds
        case .session: SessionText.seeds
        case .sessionState: try SessionBytes.seeds()
        case .schema: SchemaText.seeds
        case .schemaJSON: SchemaText.jsonSeeds
        case .validation: ValidationText.seeds
        case .entities: EntitiesText.seeds
        case .flow: FlowText.seeds
        case .flowYAML: ImportText.yamlSeeds
        case .asl: ImportText.seeds(.statesLanguage)
        case .workflow: ImportText.seeds(.serverlessWorkflow)
        case .bpmn: ImportText.seeds(.bpmn)
        case .manifest: ManifestText.seeds
        case .receipts: try ReceiptText.seeds()
        case .requests: RequestText.seeds
        case .access: AccessText.seeds
        }
    }

    /// Words of the language, which chance alone would rarely spell.
    public var words: [String] {
        switch self {
        case .json: JSONText.words
        case .cel: ExpressionText.words
        case .cedar: PolicyText.words
        case .session: SessionText.words
        case .schema: SchemaText.words
        case .schemaJSON: SchemaText.jsonWords
        case .validation: ValidationText.words
        case .entities: EntitiesText.words
        case .flow: FlowText.words
        case .flowYAML: ManifestText.words
        case .asl: ImportText.words(.statesLanguage)
        case .workflow: ImportText.words(.serverlessWorkflow)
        case .bpmn: ImportText.words(.bpmn)
        case .manifest: ManifestText.words
        case .receipts: ReceiptText.words
        case .requests: RequestText.words
        case .access: AccessText.words
        case .delegation: TokenText.words
        case .frames, .connection, .metadata, .wire, .resp, .sessionState: []
        }
    }
}

public typealias PeakMeter = (() -> Void) -> Int

/// A parser took an input and did not hold what it promises.
public struct BrokenPromise: Error, CustomStringConvertible {
    public let description: String
}

func require(_ holds: Bool, _ promise: String) throws(BrokenPromise) {
    guard holds else { throw BrokenPromise(description: promise) }
}

func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
