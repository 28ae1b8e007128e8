public import JSON

/// What happens to a run. Each event names the step it belongs to, so that one that comes late, or twice, changes nothing.
public enum RunEvent: Hashable, Sendable {
    case started
    /// The run begins with a node in its middle (`RunFork`).
    case forked(at: String)
    /// What was put off goes on.
    case proceed
    case policyAnswered(seq: Int, PolicyAnswer)
    /// Policy will not answer this question, however often it is asked.
    case policyUnusable(seq: Int, message: String)
    case callFinished(seq: Int, CallResult)
    case personAnswered(PersonRequest, PersonAnswer)
    case timerFired(seq: Int, RunTimer)
    case eventArrived(seq: Int, payload: JSONValue)
    /// The run that the step started is over, or could not be started.
    case childClosed(seq: Int, RunClosing)
    case stopRequested(RunStop)
    case pauseRequested(RunPause)
    case resumeRequested
    /// Somebody lets a step be: the run goes on by one of its ports, as if it had left this behind.
    case skipRequested(seq: Int, port: String, output: JSONValue, by: String, reason: String)
    /// Somebody sets a variable by hand.
    case variableSet(path: [String], JSONValue)

    /// The step that it is about; nil where it is about the whole run.
    public var seq: Int? {
        switch self {
        case .policyAnswered(let seq, _), .policyUnusable(let seq, _), .callFinished(let seq, _), .timerFired(let seq, _),
            .eventArrived(let seq, _), .childClosed(let seq, _), .skipRequested(let seq, _, _, _, _):
            seq
        case .started, .forked: 0
        case .proceed, .personAnswered, .stopRequested, .pauseRequested, .resumeRequested, .variableSet: nil
        }
    }
}

/// What a run can be waiting for a clock to say.
public enum RunTimer: String, Hashable, Sendable {
    /// The wait node's time is over, or the limit of its wait for an event.
    case wait
    /// A person did not answer in time.
    case answer
    /// The next attempt is due.
    case retry
    /// The run has taken too long.
    case deadline
    /// A `parallel`, an `each` or a `subflow` has taken too long.
    case limit
    /// The run that the step started is over: its result can be fetched.
    case child
    /// The run that started this one does not want it any more.
    case orphaned
}
