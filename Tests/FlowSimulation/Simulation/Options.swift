/// What a simulation may do to the engine. Shrinking a failing one turns these off one after the other.
public struct Options: Sendable, Equatable, CustomStringConvertible {
    public var runs = 4
    /// Nodes of a flow, about.
    public var nodes = 14
    /// Workers die, before and after their commits.
    public var crashes = true
    /// Messages and wakes get lost.
    public var losses = true
    /// Messages, events and answers come twice.
    public var duplicates = true
    /// People cancel, pause, resume and skip.
    public var controls = true

    public init() {}

    /// Every way of asking for a little less.
    var smaller: [Options] {
        var all: [Options] = []
        func less(_ change: (inout Options) -> Void) {
            var options = self
            change(&options)
            if options != self { all.append(options) }
        }
        less { $0.runs = 1 }
        less { $0.nodes = max(1, $0.nodes / 2) }
        less { $0.nodes = max(1, $0.nodes - 1) }
        less { $0.crashes = false }
        less { $0.losses = false }
        less { $0.duplicates = false }
        less { $0.controls = false }
        return all
    }

    public var description: String {
        let faults = [("crashes", crashes), ("losses", losses), ("duplicates", duplicates), ("controls", controls)].filter(\.1).map(\.0)
        return "\(runs) runs of about \(nodes) nodes, with " + (faults.isEmpty ? "no faults" : faults.joined(separator: ", "))
    }
}
