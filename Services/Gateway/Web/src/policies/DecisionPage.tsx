import { api } from "../api/client";
import type { Explanation } from "../api/model";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { When } from "../app/When";
import { sentence } from "../app/format";
import { Link } from "../app/router";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { Await, Skeleton } from "../design/States";
import { strings } from "../strings";
import { ExplainedPolicies } from "./ExplainedPolicies";
import { Flip, Gates } from "./Flip";

/** Why one decision was made, by the bundle, the context and the entities of then. */
export function DecisionPage({ id }: { id: string }) {
  const { resource, reload } = useResource(`explanation:${id}`, (signal) => api.explanation(id, signal));
  const decision = resource.status === "ready" ? resource.value.decision : null;
  return (
    <Page title={decision ? decision.action : strings.explain.one} name={strings.explain.one} crumb={{ to: "/policies", label: strings.nav.policies }}
      chips={decision ? <Chip tone={strings.policies.tone(decision.verdict)}>{strings.policies.verdict(decision.verdict)}</Chip> : null}>
      <Await resource={resource} retry={reload} skeleton={<Skeleton shape="block" />}>{(value) => <One value={value} />}</Await>
    </Page>
  );
}

function One({ value }: { value: Explanation }) {
  const { decision } = value;
  const text = strings.explain;
  const tone = strings.policies.tone(decision.verdict);
  return (
    <div className="withside">
      <div className="stack">
        <Card title={text.why} tone={tone === "plain" ? undefined : tone}>
          <div className="stack tight">
            <p className="verdictline">{sentence(decision.reason)}</p>
            <p className="mut">{text.asked(decision.principal, decision.action)} {text.on} <span className="mono">{decision.resource}</span>.</p>
            {value.gap ? <p className="notice" role="note">{text.gap(value.gap)}</p> : null}
          </div>
        </Card>
        {value.policies.length > 0 ? <ExplainedPolicies policies={value.policies} /> : null}
      </div>
      <div className="stack">
        <Gates gates={decision.gates} />
        {value.gap ? null : <Flip value={value} />}
        <Card title={text.one}>
          <dl className="kv sm">
            <dt>{text.at}</dt><dd><When time={decision.at} /></dd>
            <dt>{text.bundle}</dt><dd><Digest hex={decision.bundle_digest} /></dd>
            {decision.step ? <><dt>{text.stepName}</dt><dd className="mono">{decision.step}</dd></> : null}
            {decision.run_id ? <><dt>{text.run}</dt><dd><Link className="link" to={`/runs/${decision.run_id}`}>{decision.run_id.slice(-8)}</Link></dd></> : null}
            {decision.receipt_id ? <><dt>{text.receipt}</dt><dd><Link className="link" to={`/receipts/${decision.receipt_id}`}>{decision.receipt_id.slice(-8)}</Link></dd></> : null}
          </dl>
        </Card>
      </div>
    </div>
  );
}
