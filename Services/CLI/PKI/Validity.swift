internal import ArgumentParser

/// A length of time as operators write it: `90m`, `24h`, `30d`.
struct Validity: ExpressibleByArgument, Hashable {
    let duration: Duration

    init(hours: Int) { duration = .seconds(hours * 3600) }

    /// Nil for anything but a positive number and one of m, h and d, up to a hundred years.
    init?(argument: String) {
        let units: [Character: Int] = ["m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int(argument.dropLast()), count > 0, count <= 36_500 * 24 * 60,
            count * unit <= 36_500 * 86_400
        else { return nil }
        duration = .seconds(count * unit)
    }

    var defaultValueDescription: String {
        let seconds = duration.components.seconds
        return seconds % 86_400 == 0 && seconds > 86_400 ? "\(seconds / 86_400)d" : "\(seconds / 3600)h"
    }
}
