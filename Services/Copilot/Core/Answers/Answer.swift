public import Identity
public import JSON

/// Sentences that each name the receipts they stand on.
public struct Answer: Hashable, Sendable {
    public var sentences: [Sentence]
    /// True where nothing in the tenant's data supports an answer.
    public var abstained: Bool
    /// Questions that can be answered.
    public var suggestions: [String]

    public init(sentences: [Sentence], abstained: Bool = false, suggestions: [String] = []) {
        self.sentences = sentences
        self.abstained = abstained
        self.suggestions = suggestions
    }

    /// Says what is missing, and what can be asked instead.
    public static func abstention(_ text: String) -> Answer {
        Answer(sentences: [Sentence(text: text, citations: [])], abstained: true, suggestions: answerable)
    }

    public static let answerable = ["Why is this run waiting?", "What did this run cost?", "Show what was blocked today"]

    /// The canonical content that the interaction's receipt commits to.
    public var content: JSONValue {
        let sentences = sentences.map { sentence -> JSONValue in
            ["citations": .array(sentence.citations.map { .string($0.digestHex) }), "text": .string(sentence.text)]
        }
        return ["abstained": .bool(abstained), "sentences": .array(sentences)]
    }
}

public struct Sentence: Hashable, Sendable {
    public var text: String
    public var citations: [Citation]

    public init(text: String, citations: [Citation]) {
        self.text = text
        self.citations = citations
    }
}

/// A receipt in the tenant's log that a sentence stands on.
public struct Citation: Hashable, Sendable {
    public var receipt: ReceiptID
    public var logIndex: UInt64
    /// For example `policy-decision/v1`.
    public var kind: String
    /// Lower-case hex of the SHA-256 of the receipt's signed bytes.
    public var digestHex: String
    public var step: String
    public var phase: String

    public init(receipt: ReceiptID, logIndex: UInt64, kind: String, digestHex: String, step: String, phase: String) {
        self.receipt = receipt
        self.logIndex = logIndex
        self.kind = kind
        self.digestHex = digestHex
        self.step = step
        self.phase = phase
    }
}
