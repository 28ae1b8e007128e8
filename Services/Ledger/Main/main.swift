internal import Foundation
import Identity
import LedgerService
import ServiceKit
import Wire

if let code = await FsckCommand.run() { exit(code) }
try await ServiceRunner.run(.ledger, migrations: LedgerMigrations.all) { kit in
    let endpoint = try LedgerEndpoint(kit: kit)
    kit.serve(LedgerV1.LedgerService(handler: endpoint))
    kit.background("sequencer") { await endpoint.run() }
}
