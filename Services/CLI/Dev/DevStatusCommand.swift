internal import ArgumentParser

struct DevStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Show what runs.")

    @OptionGroup var options: DevOptions

    func run() async throws {
        do {
            let layout = try options.layout()
            var isComplete = true
            for line in await DevPlatform(layout: layout).status() {
                print(line.text)
                isComplete = isComplete && line.isWell
            }
            guard isComplete else { throw ExitCode.failure }
        } catch let failure as DevFailure {
            complain(failure.description)
            throw ExitCode.failure
        }
    }
}
