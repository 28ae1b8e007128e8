internal import Cedar

extension Evaluator {
    /// Whether one point lies in the window that ends at another.
    func isWithin(_ window: Int64, _ earlier: Point, _ later: Point) -> Bool {
        let (distance, overflow) = later.micros.subtractingReportingOverflow(earlier.micros)
        return !overflow && distance <= window
    }

    /// Where a window that ends at a point begins.
    private func edge(_ window: Int64, _ point: Point) -> Int64 {
        let (edge, overflow) = point.micros.subtractingReportingOverflow(window)
        return overflow ? .min : edge
    }

    // MARK: Patterns

    /// Where the events that have the values of a pattern's keys stand; nil where there is none, or a value is not known.
    private func bucket(_ pattern: MonitorPlan.Pattern) -> Int? {
        var hash = ValueHash.seed
        for key in pattern.keys {
            guard let next = self.hash(plan.keys[key]) else { return nil }
            hash = ValueHash.combined(hash, next)
        }
        return tables[pattern.table].stores[pattern.store].bucket(hash) { bucket in
            for (index, key) in pattern.keys.enumerated() where value(plan.keys[key]) != bucket.key[index] { return false }
            return true
        }
    }

    /// A pattern's events in the window that ends at a point.
    func range(_ index: Int32, _ window: Int64, _ point: Point) -> (bucket: Int, range: Range<Int>)? {
        let pattern = plan.patterns[Int(index)]
        guard let bucket = bucket(pattern) else { return nil }
        return tables[pattern.table].stores[pattern.store].range(bucket, until: point.timepoint, notBefore: edge(window, point)).map { (bucket, $0) }
    }

    func sum(_ index: Int32, _ window: Int64, _ sum: Int, _ point: Point) -> Int128 {
        guard let (bucket, range) = range(index, window, point) else { return 0 }
        let pattern = plan.patterns[Int(index)]
        return tables[pattern.table].stores[pattern.store].sum(bucket, sum, range)
    }

    /// The pattern's event of this very timepoint.
    mutating func match(_ index: Int32, at point: Point, _ emit: Emit) throws(SessionFault) -> Bool {
        let pattern = plan.patterns[Int(index)]
        guard let bucket = bucket(pattern) else { return false }
        let last = tables[pattern.table].stores[pattern.store].end(bucket, at: point.timepoint) - 1
        guard last >= tables[pattern.table].stores[pattern.store].head(bucket) else { return false }
        let entry = tables[pattern.table].stores[pattern.store].entry(bucket, last)
        guard entry.timepoint == point.timepoint else { return false }
        return try match(pattern, entry.row, emit)
    }

    /// Gives the variables of a pattern the values of a row.
    private mutating func match(_ pattern: MonitorPlan.Pattern, _ row: Int, _ emit: Emit) throws(SessionFault) -> Bool {
        if pattern.binds.isEmpty, pattern.filters.isEmpty { return try emit(&self) }
        let values = tables[pattern.table].row(row).values
        for bind in plan.binds[pattern.binds] { slots[bind.slot] = values[bind.column] }
        var stops = false
        let fits = plan.filters[pattern.filters].allSatisfy { values[$0.column] != nil && values[$0.column] == value($0.operand) }
        if fits { stops = try emit(&self) }
        for bind in plan.binds[pattern.binds] { slots[bind.slot] = nil }
        return stops
    }

    /// Whether an event of the pattern stands behind one point and not behind another.
    mutating func occurs(_ index: Int32, after earlier: Point, until later: Point) throws(SessionFault) -> Bool {
        let pattern = plan.patterns[Int(index)]
        guard let bucket = bucket(pattern) else { return false }
        var place = tables[pattern.table].stores[pattern.store].end(bucket, at: later.timepoint) - 1
        let head = tables[pattern.table].stores[pattern.store].head(bucket)
        while place >= head {
            let entry = tables[pattern.table].stores[pattern.store].entry(bucket, place)
            guard entry.timepoint > earlier.timepoint else { return false }
            try step()
            let isMatch = try match(pattern, entry.row) { (_) throws(SessionFault) in true }
            if isMatch { return true }
            place -= 1
        }
        return false
    }

    // MARK: Anchors

    /// Calls `emit` for each timepoint of the window, from the last to the first, at which the anchor holds, and for each way it does.
    mutating func anchors(
        _ anchor: MonitorPlan.Anchor, _ window: Int64, _ point: Point,
        _ emit: (inout Evaluator, Point) throws(SessionFault) -> Bool
    ) throws(SessionFault) -> Bool {
        guard anchor.pattern >= 0 else { return try everyPoint(anchor.body, window, point, emit) }
        guard let (bucket, range) = range(anchor.pattern, window, point) else { return false }
        let pattern = plan.patterns[Int(anchor.pattern)]
        for index in range.reversed() {
            try step()
            let entry = tables[pattern.table].stores[pattern.store].entry(bucket, index)
            let found = Point(timepoint: entry.timepoint, micros: entry.micros)
            let stops: Bool
            if !anchor.isDirect {
                stops = try solve(anchor.body, found) { (evaluator) throws(SessionFault) in try emit(&evaluator, found) }
            } else if anchor.body < 0, pattern.binds.isEmpty, pattern.filters.isEmpty {
                stops = try emit(&self, found)
            } else if anchor.body >= 0 {
                stops = try match(pattern, entry.row) { (evaluator) throws(SessionFault) in
                    try evaluator.solve(anchor.body, found) { (evaluator) throws(SessionFault) in try emit(&evaluator, found) }
                }
            } else {
                stops = try match(pattern, entry.row) { (evaluator) throws(SessionFault) in try emit(&evaluator, found) }
            }
            if stops { return true }
        }
        return false
    }

    private mutating func everyPoint(
        _ body: Int32, _ window: Int64, _ point: Point, _ emit: (inout Evaluator, Point) throws(SessionFault) -> Bool
    ) throws(SessionFault) -> Bool {
        let edge = edge(window, point)
        var index = timeline.end(at: point.timepoint) - 1
        while index >= timeline.first {
            let entry = timeline.entries[index]
            index -= 1
            guard entry.micros >= edge else { return false }
            guard entry.timepoint == point.timepoint || isVisible(entry) else { continue }
            try step()
            let found = Point(timepoint: entry.timepoint, micros: entry.micros)
            if try solve(body, found, { (evaluator) throws(SessionFault) in try emit(&evaluator, found) }) { return true }
        }
        return false
    }

    // MARK: Timepoints

    /// Whether the request sees a timepoint at all: it agrees with it in what every rule is pinned to.
    private func isVisible(_ entry: Timeline.Entry) -> Bool {
        for (index, pin) in plan.partition.enumerated() {
            guard let expected = value(.parameter(Int32(pin.parameter))), entry.partition[index] == expected else { return false }
        }
        return true
    }

    func previous(of point: Point) -> Point? {
        var index = timeline.end(at: point.timepoint - 1) - 1
        while index >= timeline.first {
            let entry = timeline.entries[index]
            if isVisible(entry) { return Point(timepoint: entry.timepoint, micros: entry.micros) }
            index -= 1
        }
        return nil
    }

    /// An anchor in the window, and the body at each timepoint behind it.
    mutating func since(
        _ window: Int64, _ anchor: MonitorPlan.Anchor, _ body: Int32, _ isFixed: Bool, _ point: Point, _ emit: Emit
    ) throws(SessionFault) -> Bool {
        // Where the body does not depend on the anchor, what was found to hold behind a later anchor holds behind an earlier one too.
        var unchecked = timeline.end(at: point.timepoint) - 1
        var failed: Int64?
        return try anchors(anchor, window, point) { (evaluator, found) throws(SessionFault) in
            if let failed, failed > found.timepoint { return false }
            var index = isFixed ? unchecked : evaluator.timeline.end(at: point.timepoint) - 1
            while index >= evaluator.timeline.first, evaluator.timeline.entries[index].timepoint > found.timepoint {
                let entry = evaluator.timeline.entries[index]
                try evaluator.step()
                if evaluator.isVisible(entry) {
                    let holds = try evaluator.holds(body, Point(timepoint: entry.timepoint, micros: entry.micros))
                    if !holds {
                        if isFixed { failed = entry.timepoint }
                        return false
                    }
                }
                index -= 1
            }
            if isFixed { unchecked = index }
            return try emit(&evaluator)
        }
    }
}
