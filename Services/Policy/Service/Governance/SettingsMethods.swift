internal import FoundationEssentials
internal import Identity
internal import Postgres
package import RPC
internal import ServiceKit
internal import Trust
package import Wire

extension GovernanceEndpoint {
    private static let clientsMax = 10_000

    package func getSettings(
        _ request: PolicyGovernanceV1.GetSettingsRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.GetSettingsResponse {
        let tenant = try context.requireTenant()
        return try await parts.pool.withTenant(tenant) { tx in
            let settings = try await parts.settings.settings(tenant: tenant, in: tx)
            let clients = try await parts.settings.clients(tenant: tenant, in: tx)
            return PolicyGovernanceV1.GetSettingsResponse(
                settings: settings.wire, agencyID: settings.agency?.bytes ?? [], blueprintDigest: settings.blueprint?.bytes ?? [],
                clientIDs: clients.map(\.bytes))
        }
    }

    package func putSettings(
        _ request: PolicyGovernanceV1.PutSettingsRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.PutSettingsResponse {
        guard let asked = request.settings else { throw RPCError.invalid("settings", "is missing", fix: "send all settings") }
        let settings = PolicySettings(
            twoPerson: asked.twoPerson, tightensAutomatically: asked.tightenAutomatically, replaySeconds: Int64(asked.replaySeconds))
        let outcome = try await Activator(parts: parts).change(
            to: settings, by: try context.requirePrincipal(), tenant: try context.requireTenant())
        return PolicyGovernanceV1.PutSettingsResponse(state: outcome.state.wire, proposalID: outcome.proposal?.bytes ?? [])
    }

    package func setBlueprintClients(
        _ request: PolicyGovernanceV1.SetBlueprintClientsRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.SetBlueprintClientsResponse {
        let tenant = try context.requireTenant()
        _ = try context.requirePrincipal()
        guard request.clientIDs.count <= Self.clientsMax else {
            throw RPCError.invalid("client_ids", "has more than \(Self.clientsMax) entries", fix: "name fewer")
        }
        var clients: [TenantID] = []
        for bytes in request.clientIDs { clients.append(TenantID(rawValue: try Self.id(bytes, "client_ids"))) }
        let named = clients
        try await parts.pool.withTenant(tenant) { tx in try await parts.settings.setClients(named, tenant: tenant, in: tx) }
        return PolicyGovernanceV1.SetBlueprintClientsResponse()
    }

    package func followBlueprint(
        _ request: PolicyGovernanceV1.FollowBlueprintRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.FollowBlueprintResponse {
        let tenant = try context.requireTenant()
        let principal = try context.requirePrincipal()
        let current = try await parts.pool.withTenant(tenant) { tx in try await parts.settings.settings(tenant: tenant, in: tx) }
        let wanted = request.agencyID.isEmpty ? nil : TenantID(rawValue: try Self.id(request.agencyID, "agency_id"))
        if let agency = current.agency, agency != wanted, context.originTenant != agency {
            // What only tightens must not be got rid of by whom it binds.
            throw RPCError(
                .permissionDenied, reason: "AGENCY_ONLY", message: "only the agency's people end that this tenant follows its blueprint")
        }
        if current.twoPerson, wanted != current.agency {
            // It changes what is in force, and has no second person.
            throw RPCError(
                .failedPrecondition, reason: "TWO_PEOPLE_NEEDED", message: "two people lift the two-person rule before whom is followed changes")
        }
        if let wanted {
            let digest = try await publishing.followers.follow(wanted, by: principal, client: tenant)
            return PolicyGovernanceV1.FollowBlueprintResponse(blueprintDigest: digest.bytes)
        }
        try await parts.pool.withTenant(tenant) { tx in
            var settings = try await parts.settings.settings(tenant: tenant, in: tx)
            settings.agency = nil
            settings.blueprint = nil
            try await parts.settings.put(settings, tenant: tenant, in: tx)
        }
        return PolicyGovernanceV1.FollowBlueprintResponse()
    }
}
