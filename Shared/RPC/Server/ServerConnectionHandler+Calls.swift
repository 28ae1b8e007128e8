internal import Identity
internal import NIOCore

/// From a whole request to its answer.
extension ServerConnectionHandler {
    func start(
        _ stream: UInt32, _ methodID: UInt32, _ metadata: ByteBuffer, _ payload: ByteBuffer, _ receivedAt: ContinuousClock.Instant,
        messages: MessageStream? = nil
    ) {
        guard let peer else { return state.handlerReturned() }
        switch core.check(methodID: methodID, metadata: metadata, payload: payload, from: peer, receivedAt: receivedAt) {
        case .refuse(let error, let received): unstarted(stream, received, .failure(error))
        case .run(var call):
            if let answer = core.immediateAnswer(to: call, answerBytesMax: settings.limits.messageBytesMax) {
                return unstarted(stream, call.received, answer)
            }
            call.messages = messages
            admit(stream, call, now: .now)
        }
    }

    /// There is no handler, or it has run already.
    private func unstarted(_ stream: UInt32, _ received: ReceivedCall, _ result: Result<ByteBuffer, RPCError>) {
        state.handlerReturned()
        write(stream, result, of: received)
    }

    /// The state machine itself will have none of it.
    func refuse(_ stream: UInt32, _ methodID: UInt32?, _ error: RPCError, _ receivedAt: ContinuousClock.Instant) {
        guard calls[stream] == nil, let peer else { return stop(stream, error) }
        write(stream, .failure(error), of: core.received(methodID, from: peer, receivedAt: receivedAt))
    }

    // MARK: Admission

    private func admit(_ stream: UInt32, _ call: ServerCore.Admissible, now: ContinuousClock.Instant) {
        guard let inbox, let deadlines else { return state.handlerReturned() }
        let arrival = core.admission.arrive(call.admission, now: now) { inbox.put(.turn(stream: stream, $0)) }
        let phase: ServedCall.Phase
        switch arrival {
        case .refused(let refusal):
            return unstarted(stream, call.received, .failure(refusal.error))
        case .queued(let ticket): phase = .waiting(ticket, call)
        case .start(let grant): phase = .running(handle(stream, call, grant, inbox))
        }
        calls[stream] = ServedCall(phase: phase, received: call.received, messages: call.messages)
        deadlines.add(stream, call.context.deadline, now: now)
    }

    func take(_ turn: AdmissionControl.Turn, _ stream: UInt32) {
        guard let call = calls[stream], case .waiting(_, let admissible) = call.phase, let inbox else { return leave(turn, stream) }
        switch turn {
        case .start(let grant, let waited):
            calls[stream]?.received.queued = waited
            calls[stream]?.phase = .running(handle(stream, admissible, grant, inbox))
        case .refused(let refusal, let waited):
            calls[stream]?.received.queued = waited
            state.handlerReturned()
            conclude(stream, .failure(refusal.error))
        }
    }

    /// The call went away while its turn was on the way.
    private func leave(_ turn: AdmissionControl.Turn, _ stream: UInt32) {
        if case .start(let grant, _) = turn { core.admission.forgo(grant) }
        guard calls.removeValue(forKey: stream) != nil else { return }
        state.handlerReturned()
    }

    private func handle(
        _ stream: UInt32, _ call: ServerCore.Admissible, _ grant: AdmissionGrant, _ inbox: LoopInbox<Event>
    ) -> Task<Void, Never> {
        let bytesMax = settings.limits.messageBytesMax
        return Task { [core] in
            let result = await core.run(call, answerBytesMax: bytesMax)
            core.admission.finish(grant)
            inbox.put(.returned(stream: stream, result))
        }
    }

    // MARK: Ends

    func returned(_ stream: UInt32, _ result: Result<ByteBuffer, RPCError>) {
        state.handlerReturned()
        guard let call = calls[stream], state.isUnanswered(stream) else { return conclude(stream, result) }
        if call.messages != nil {
            // The status comes after the messages, a failure too.
            fragments.finish(stream)
        } else if case .success(let payload) = result, payload.readableBytes > FlowControl.fragmentBytesMax {
            fragments.open(stream)
            fragments.enqueue(payload, on: stream)
        } else {
            return conclude(stream, result)
        }
        // The deadline goes on: a client may read slowly, but not for ever.
        calls[stream]?.phase = .returned(result)
        outlet.scheduleTurn()
    }

    /// The handler has returned, and all that it sent is out.
    func conclude(_ stream: UInt32, _ result: Result<ByteBuffer, RPCError>) {
        answer(stream, result)
        calls[stream] = nil
        if state.isDrained { outlet.close() }
    }

    /// Answers at once; the handler, where there is one, is cancelled.
    func stop(_ stream: UInt32, _ error: RPCError) {
        answer(stream, .failure(error))
        guard let call = calls[stream] else { return }
        call.messages?.end(error)
        switch call.phase {
        case .waiting(let ticket, _):
            guard core.admission.cancel(ticket) else {
                calls[stream]?.phase = .leaving
                return
            }
            state.handlerReturned()
            calls[stream] = nil
        case .leaving: break
        case .running(let task): task.cancel()
        case .returned: calls[stream] = nil
        }
    }

    /// The connection is gone.
    func abandonCalls() {
        let gone = calls
        calls = [:]
        for call in gone.values {
            call.messages?.end(.cancelled)
            switch call.phase {
            // Where it is too late for that, its turn finds nobody and gives the place back.
            case .waiting(let ticket, _): _ = core.admission.cancel(ticket)
            case .running(let task): task.cancel()
            case .leaving, .returned: break
            }
            if !call.isAnswered { core.ended(call.received, .failure(.cancelled)) }
        }
    }

    private func answer(_ stream: UInt32, _ result: Result<ByteBuffer, RPCError>) {
        guard let call = calls[stream], !call.isAnswered else { return }
        calls[stream]?.isAnswered = true
        write(stream, result, of: call.received, isStreaming: call.messages != nil)
    }

    private func write(_ stream: UInt32, _ result: Result<ByteBuffer, RPCError>, of call: ReceivedCall, isStreaming: Bool = false) {
        guard state.claimAnswer(stream) else { return }
        fragments.close(stream)
        switch result {
        case .success(let payload):
            outlet.write(isStreaming ? .end : .response, streamID: stream, code: StatusCode.ok.rawValue, payload: payload)
        case .failure(let error):
            outlet.write(isStreaming ? .end : .response, streamID: stream, code: error.code.rawValue) { ResponseMetadata(error).write(into: &$0) }
        }
        core.ended(call, result)
    }
}
