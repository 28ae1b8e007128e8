import NIOCore
import RPC
import Synchronization
import WireRuntime

/// The services behind the gateway as a table of answers; remembers what it was asked.
final class FakeMesh: RPCChannel {
    struct Call: Sendable {
        var method: String
        var payload: ByteBuffer
        var options: CallOptions
    }

    typealias Handler = @Sendable (Call) async throws -> any WireMessage

    private let handlers = Mutex<[String: Handler]>([:])
    private let calls = Mutex<[Call]>([])

    func on(_ method: MethodDescriptor, _ handler: @escaping Handler) { handlers.withLock { $0[method.name] = handler } }

    func calls(of method: MethodDescriptor) -> [Call] { calls.withLock { $0.filter { $0.method == method.name } } }

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        var options = options
        // As a connection does where the caller names none.
        options.trace = options.trace ?? RequestContext.current?.trace.child()
        let call = Call(method: method.name, payload: payload, options: options)
        calls.withLock { $0.append(call) }
        guard let handler = handlers.withLock({ $0[method.name] }) else {
            throw RPCError(.unimplemented, reason: "NOT_IN_THIS_TEST", message: method.name)
        }
        do {
            var answer = ByteBuffer()
            try await handler(call).encode(into: &answer)
            return answer
        } catch let error as RPCError {
            throw error
        } catch {
            throw RPCError(.cancelled, reason: "CANCELLED", message: "\(error)")
        }
    }
}
