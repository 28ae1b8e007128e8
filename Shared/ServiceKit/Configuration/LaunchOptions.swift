/// The command line of a service.
public struct LaunchOptions: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        case run
        case migrate
        /// Shows the migrations and which of them were run.
        case migrations
        case printConfig
        case help
    }

    public var configPath: String?
    public var action = Action.run

    public static let usage = """
        --config FILE [--migrate | --migrations | --print-config]
          --config FILE    the service's configuration (or PROVABLE_CONFIG)
          --migrate        bring the database's schema up to date and end
          --migrations     show each step of the schema and whether it was run, as JSON, and end; 2 where some were not
          --print-config   check the configuration, show it without secrets and end
        """

    /// Throws a line for a person.
    public init(arguments: some Sequence<String>) throws(ConfigError) {
        var iterator = arguments.makeIterator()
        while let argument = iterator.next() {
            switch argument {
            case "--config":
                guard let path = iterator.next() else { throw ConfigError(["--config needs a file"]) }
                configPath = path
            case "--migrate": action = .migrate
            case "--migrations": action = .migrations
            case "--print-config": action = .printConfig
            case "--help", "-h": action = .help
            default: throw ConfigError(["unknown argument \(argument)"])
            }
        }
    }
}
