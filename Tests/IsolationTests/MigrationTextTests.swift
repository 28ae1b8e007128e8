import Identity
import Testing

@testable import ServiceKit

/// A migration that has run somewhere is held against its checksum there: a changed letter would stop every service that is already set up.
/// New migrations get a line below; a line never changes.
@Suite struct MigrationTextTests {
    @Test(arguments: ServiceSchema.all)
    func noAppliedMigrationHasChanged(schema: ServiceSchema) {
        for (owner, migrations) in [("kit", KitMigrations.all(service: schema.service)), ("own", schema.migrations)] {
            let line = { (migration: Migration) in "\(schema.service.rawValue) \(owner) \(migration.number) \(migration.name) \(migration.checksum)" }
            let written = Self.applied.split(separator: "\n").filter { $0.hasPrefix("\(schema.service.rawValue) \(owner) ") }.map(String.init)
            #expect(migrations.map(line) == written)
        }
    }

    private static let applied = """
        connectors kit 1 outbox_and_emitter 70717765a2f10433de32af4d8ad2679cdfc35ea1e7c5599fe949dce47e3f49a3
        connectors kit 2 outbox_operator 350e852a12377a05b3af31e913ddc2b7f93d70757822780eca54433807cd9039
        connectors kit 3 idempotency_key 510dd35b6de64534fa45df684b99add1e1477ee9ca0ca14b3d8833e360ffda72
        connectors own 1 connections dbb5058ceddf0682ec1b58955db955d491ee4903e712f84fa5ace397c42687c0
        connectors own 2 calls 2be999a329eeaa111a904dc715fe229afbfa626bf2d6be76c8824ba204b59162
        connectors own 3 webhooks 9fc515988ecdaf60b7618f47caaa7778f78e1938e7dae59ce7c0444b454b0d37
        copilot kit 1 outbox_and_emitter 65283a065dff2d357a5509b531e7982e8efdffc0ac4e079f4f46f6f7dded2144
        copilot kit 2 outbox_operator b0f0b09f544a2622e0dffd347142d16038247fcbd9354e64b6da9716cc4d50f1
        copilot kit 3 idempotency_key 8d33deb8b5de3d48e9b6c42d203a1a1b78d07de43f5e97dfc0541740e36cdcd3
        copilot own 1 inbox 8c34e74eaf80f6f559a733abaf326e1c3111a655f175ee36442becc6cfafde50
        copilot own 2 answers c259a41dd89ad3eed6d6f2ceadc595625a0ee86ca36b034b58bb59dc069bdb34
        finops kit 1 outbox_and_emitter aa0d05d8f60014a69aa7ef7c2608e324cf6b5ebae310ff32f4dce4a61de4b413
        finops kit 2 outbox_operator b089af9bd301c9c36d01b1a87ca43fbe096e9d916a7ba66bec82dc5a3bf7416e
        finops kit 3 idempotency_key 84ca410c3b41ebdbfbec77f9af3086057746b263c750afcf88fe1173bdd4a4bf
        finops own 1 usage 07679d02c1d14bdc8ea17fa2af76668af858a2d47515aa2efc585bac69089a77
        finops own 2 budgets f3f8f680923154a4e3eca2ef491169676085fada5efd01092e3a615609f0e1e0
        finops own 3 costs 9ce98ac3e72f73b5440ffdb16f0a2342d1ab89dd7a665a5cee3f69715a70f191
        finops own 4 throttles f5127a31a991ec0dc0c8cfbfdb94e3874c7522e8f944dbda621bd09b53be3706
        flow-engine kit 1 outbox_and_emitter b334c97bfaa7743f7887c810819d130951e78d625412f651afe1b409cbdb9f0b
        flow-engine kit 2 outbox_operator 2752f7733224981680ea8be78afc89600a9eb6fbde2a133ca926893e28347454
        flow-engine kit 3 idempotency_key 22207fd8bf71f617333809e046f4c0be471b8579be256cccfffee7548eb2d0ea
        flow-engine own 1 flows 7005fd48e758767f8230210dacf1d70ce9ec82497c49e4a0f7b574c482bdfecc
        flow-engine own 2 runs 43c11a6a198c84e2966f178e5840f53913e4a9ebec95d53ce798e728687fee3a
        flow-engine own 3 tasks 0fe5851c8e7f9a7ae82af6344b1bcc5c0797a7e63fe1a13d47540580ef8d1604
        flow-engine own 4 events 254d11b3b0f4588857760b518417712255fb7d10e981a81b8ee0a44a603de8e4
        flow-engine own 5 activity be89996adefbd88a77f77dd53755f9392dd6daf5b320b5b659d437ffcd453faf
        flow-engine own 6 publish_expiry 218da2022d5b1bbd8890e85c3e75d62423d38415c16c9ac2e2ee982b40e35902
        flow-engine own 7 run_trace 73ee67f9170a6ba12ebba16b2a37e1c1c8543349116608f02183418926b8909a
        flow-engine own 8 run_control 700ec17263e58bae9cae8e5e23aac5d6ed29c55598aca985907ffc65de54ac3d
        flow-engine own 9 votes d2a20f4f602292506075c7ea3e3fdfa2f76016567c7a0cb6025e6bf69e257a20
        gateway kit 1 outbox_and_emitter 26b8046311a10550e9af259f89bcba111e115cfdab8057a1bdea8ad4a6a96f56
        gateway kit 2 outbox_operator 807dd1f7a97eae2bc223a42b4e694e811e63cf40b6424902c1fe28214270d83f
        gateway kit 3 idempotency_key 40a43c8b32b842fd1af51f8e2d4be80c2f4e2e896424d911755e98292cbcc23a
        gateway own 1 directory 4071dedc1e5ba9314bcc3a05dabe99b87ba02fcc17265b4f3900ea456a4d0ee4
        gateway own 2 sessions 510e8e647cd83c8ce3c59d3979e8cbe88abbf035561ac2843bc49fd3ec67efb5
        gateway own 3 keys_begin_with_the_tenant af6505af22324b4f66869c443fcc574d6f5563b2ceeb45519b82c46fe1d75421
        ledger kit 1 outbox_and_emitter cfbb354bc7110ea2aae094a1a56b2f332fa7e3158c7991bbb24ca4d876e4b00b
        ledger kit 2 outbox_operator 7663b102e801eb017e49b6aa8576a7074b98e786e5f13097ce83c909e318d08d
        ledger kit 3 idempotency_key 925dfcfa553e738af011956af8838d14d41843b0fffb9864829ba6e555106dae
        ledger own 1 logs 6446a5f8f90a90a8c50bc652e510c7ba5ba080fb34b92c82e384ff139bbd5ccb
        ledger own 2 entries 4ba7332c91045d87dcff75db8fb19d43856337f04e36df03c4ec8cfa4237b107
        ledger own 3 security-events 78aca996121bb7ca8cc8f0dd31d3f1c915dace40eb39dfe9166c6cc6325301fe
        ledger own 4 registered-keys 48a7e5a23a5fdec72c5cc898c99ec0b61799b83521dbfa75bd23e46aa8c6e4cb
        policy kit 1 outbox_and_emitter 73e7548d920615a0f349e93683a8d9a5876be1f8485e71a21b5f4881ec3055ac
        policy kit 2 outbox_operator f7ad62f4c77faa7f29c032cc1b5599d71135138b2360bb3e318cdad5a87b8375
        policy kit 3 idempotency_key 85837c8b0221899aac76c6fa645e6fe863784bb8eb4c61e4304ec342f588680b
        policy own 1 bundles c4c02a48473ada5e519ea54a743f9ed3151c0b82fd7f14abf2b0fa84c289827a
        policy own 2 decisions 3f8698cd3899bfeec85c0b794603375dee4194fda1405f9c3580f219faacece1
        policy own 3 sealed_log 58799c00b59f3cca0e02a31ce7a21388979b138f80935fc684a0985b396d5da9
        policy own 4 governance 1bc98d7ac599da060f6cb944d5ecce3cdd5d088c253f1ef606dfe4b8b387ae9b
        policy own 5 sessions 32790ee2b1929a08da0fa752c9eb6788cca2974ff710c9d67abe00b24826df46
        policy own 6 access 5dcb94e158c1d5a0b57ca9fe40a963b3f3506bebeab86dd402e560e3e6265f50
        policy own 7 settlements 7687ebe2a4c68c7cd74b5f003f0844e8b49437e8de8e3bad3675e51a2e70242b
        policy own 8 session_sweep c9db252f0c9b46894ca1043c3c0259d8428d3f0dfff56772456b2af6eec445df
        policy own 9 answers_to_proposals bc32776197ea6ce2c71907fa21ec64a230edd4364414f1c381ba6c82e6068e6f
        """
}
