/// Nanoseconds per call, round by round, as the report reads them.
struct Measurement {
    let metric: String
    let size: Int
    private var ours: [Double] = []
    private var theirs: [Double] = []

    init(metric: String, size: Int) { (self.metric, self.size) = (metric, size) }

    mutating func add(ours: Double, theirs: Double) {
        self.ours.append(ours)
        self.theirs.append(theirs)
    }

    /// Never slower than the peer, and at 719 bytes the lead that the design measured.
    private var target: Double {
        switch metric {
        case "decode_719": 0.46
        case "encode_719": 0.82
        default: 1
        }
    }

    var line: String {
        let rounds = ours.map { "\(Int($0))" }.joined(separator: ", ")
        return #"{"metric": "\#(metric)", "value": \#(median(ours)), "unit": "ns", "peer": "swift-protobuf", "peer_value": \#(median(theirs)), "#
            + #""target": \#(target), "of": "ratio", "goal": "at_most", "rounds": [\#(rounds)], "note": "\#(size) bytes"}"#
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
