import { api } from "../api/client";
import type { PolicyProposal } from "../api/model";
import { useResource } from "../api/resource";
import { useSession } from "../app/SessionContext";
import { sentence } from "../app/format";
import { navigate } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Fold } from "../design/Fold";
import { Await, Empty } from "../design/States";
import { strings } from "../strings";
import { ReplayView } from "./ReplayView";
import { handDraft } from "./handover";

/** Each with its own replay. Taking one over means reading it in the editor and publishing it like any other. */
export function Proposals() {
  const session = useSession();
  const admin = session.roles.includes("admin");
  const { resource, reload } = useResource(admin ? `proposals:${session.tenant.id}` : null, (signal) => api.proposals(signal), ["policy."]);
  if (!admin) return <p className="notice" role="note">{strings.policies.adminOnly}</p>;
  return (
    <div className="stack">
      <p className="mut">{strings.proposals.lede}</p>
      <Await resource={resource} retry={reload}>
        {({ items }) => items.length === 0
          ? <Card title={strings.policies.tabs.proposals}><Empty icon="check" title={strings.proposals.none}><p>{strings.proposals.noneText}</p></Empty></Card>
          : <>{items.map((each) => <One key={`${each.kind}:${each.digest}`} proposal={each} />)}</>}
      </Await>
    </div>
  );
}

function One({ proposal }: { proposal: PolicyProposal }) {
  const text = strings.proposals;
  const edit = (): void => {
    handDraft(proposal.draft);
    navigate("/policies?tab=edit");
  };
  return (
    <Card title={text.kind(proposal.kind)} note={proposal.policy_id ? <span className="mono sm">{proposal.policy_id}</span> : null}
      aside={<><Chip tone={proposal.tightens ? "ok" : "wait"}>{proposal.tightens ? text.tightens : text.loosens}</Chip><Button small onClick={edit}>{text.edit}</Button></>}>
      <div className="stack tight">
        <p>{sentence(proposal.sentence)}</p>
        {proposal.report ? <Fold title={<span className="sm">{sentence(proposal.report.sentence)}</span>}><ReplayView report={proposal.report} /></Fold> : null}
      </div>
    </Card>
  );
}
