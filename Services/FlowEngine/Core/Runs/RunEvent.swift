public import JSON

/// What happens to a run. Each event names the step it belongs to, so that one that comes late, or twice, changes nothing.
public enum RunEvent: Hashable, Sendable {
    case started
    case policyAnswered(seq: Int, PolicyAnswer)
    /// Policy will not answer this question, however often it is asked.
    case policyUnusable(seq: Int, message: String)
    case callFinished(seq: Int, CallResult)
    case personAnswered(PersonRequest, PersonAnswer)
    case timerFired(seq: Int, RunTimer)
    case eventArrived(seq: Int, payload: JSONValue)
    case stopRequested(RunStop)
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
}
