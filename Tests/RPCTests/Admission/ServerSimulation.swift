import Identity

@testable import RPC

/// Arrivals at random and a number of places, on made-up time.
struct ServerSimulation {
    struct Outcome {
        var done = 0
        var refused = 0
        var expired = 0
        var waitMax = Duration.zero
    }

    private enum Event {
        case arrival(stream: Int)
        case end(AdmissionGrant, stream: Int)
    }

    private var queue: AdmissionQueue<Int>
    private var generator: SeededGenerator
    private let service: ClosedRange<Duration>
    private let start = ContinuousClock.now
    private var arrivals: [(at: Duration, stream: Int)] = []
    private var ends: [(at: Duration, grant: AdmissionGrant, stream: Int)] = []
    private var tenants: [TenantID?] = []
    private var outcomes: [Outcome] = []
    private(set) var queuedMost = 0

    init(settings: AdmissionSettings, service: ClosedRange<Duration>, seed: UInt64) {
        queue = AdmissionQueue(settings, seed: seed)
        generator = SeededGenerator(seed: seed)
        self.service = service
    }

    mutating func offer(tenant: TenantID?, perSecond: Int, seconds: Int) -> Int {
        tenants.append(tenant)
        outcomes.append(Outcome())
        for _ in 0..<perSecond * seconds {
            arrivals.append((.seconds(Double.random(in: 0..<Double(seconds), using: &generator)), tenants.count - 1))
        }
        return tenants.count - 1
    }

    func outcome(_ stream: Int) -> Outcome { outcomes[stream] }

    mutating func run() {
        arrivals.sort { $0.at > $1.at }
        while !arrivals.isEmpty || !ends.isEmpty {
            let nextEnd = ends.indices.min { ends[$0].at < ends[$1].at }
            if let arrival = arrivals.last, nextEnd.map({ arrival.at < ends[$0].at }) ?? true {
                arrivals.removeLast()
                arrive(arrival.stream, arrival.at)
            } else if let nextEnd {
                let end = ends.remove(at: nextEnd)
                outcomes[end.stream].done += 1
                take(queue.finish(end.grant, now: start + end.at), end.at)
            }
            queuedMost = max(queuedMost, queue.queued)
        }
    }

    private mutating func arrive(_ stream: Int, _ now: Duration) {
        let request = AdmissionRequest(method: 1, tenant: tenants[stream], deadline: start + now + .seconds(1))
        switch queue.arrive(request, now: start + now, stream) {
        case .start(let grant): begin(grant, stream, now)
        case .queued: break
        case .refused(.overloaded): outcomes[stream].refused += 1
        case .refused(.expired): outcomes[stream].expired += 1
        }
    }

    private mutating func take(_ releases: [AdmissionQueue<Int>.Release], _ now: Duration) {
        for release in releases {
            switch release {
            case .start(let stream, let grant, let waited):
                outcomes[stream].waitMax = max(outcomes[stream].waitMax, waited)
                begin(grant, stream, now)
            case .drop(let stream, .overloaded, _): outcomes[stream].refused += 1
            case .drop(let stream, .expired, _): outcomes[stream].expired += 1
            }
        }
    }

    private mutating func begin(_ grant: AdmissionGrant, _ stream: Int, _ now: Duration) {
        let part = Double.random(in: 0...1, using: &generator)
        ends.append((now + service.lowerBound + (service.upperBound - service.lowerBound) * part, grant, stream))
    }
}
