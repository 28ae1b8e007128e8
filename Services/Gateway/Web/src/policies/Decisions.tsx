import { api } from "../api/client";
import type { Decision } from "../api/model";
import { usePages } from "../api/usePages";
import { useSession } from "../app/SessionContext";
import { When } from "../app/When";
import { sentence } from "../app/format";
import { Link, navigate, useRoute, withQuery } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Scroll } from "../design/Scroll";
import { Await, Empty } from "../design/States";
import { strings } from "../strings";

const verdicts = ["", "ALLOW", "REDACT", "REQUIRE_APPROVAL", "DENY"];

export function Decisions() {
  const session = useSession();
  const route = useRoute();
  const verdict = route.query.get("verdict") ?? "";
  const list = usePages(`decisions:${session.tenant.id}:${verdict}`, (cursor, signal) => api.decisions({ verdict, cursor }, signal), ["step.", "run.", "policy.", "flow."]);
  return (
    <Card flush title={strings.policies.decisions} aside={
      <div className="seg" role="group" aria-label={strings.policies.byVerdict}>
        {verdicts.map((each) => (
          <button key={each} type="button" aria-pressed={verdict === each} onClick={() => navigate(withQuery(route, { verdict: each }), { replace: true })}>
            {each ? strings.policies.verdict(each) : strings.policies.all}
          </button>
        ))}
      </div>
    }>
      <Await resource={list.resource} retry={list.reload}>
        {(items) => items.length === 0 ? <Empty icon="policies" title={strings.policies.none}><p>{strings.policies.noneText}</p></Empty> : <Table decisions={items} />}
      </Await>
      {list.more ? <p className="pad"><Button onClick={list.more}>{strings.more}</Button></p> : null}
    </Card>
  );
}

function Table({ decisions }: { decisions: Decision[] }) {
  return (
    <Scroll label={strings.policies.decisions}>
      <table>
        <caption className="hush">{strings.policies.decisions}</caption>
        <thead><tr><th scope="col">{strings.cols.verdict}</th><th scope="col">{strings.cols.action}</th><th scope="col">{strings.cols.why}</th><th scope="col">{strings.cols.time}</th><th scope="col">{strings.cols.evidence}</th></tr></thead>
        <tbody>
          {decisions.map((decision) => (
            <tr key={decision.id}>
              <td><Chip tone={strings.policies.tone(decision.verdict)}>{strings.policies.verdict(decision.verdict)}</Chip></td>
              <td><span className="mono sm">{decision.action}</span><br /><span className="dim sm wrap">{decision.principal}</span></td>
              <td className="now">{sentence(decision.reason)}{decision.determining.length > 0 ? <><br /><span className="mono dim sm">{decision.determining.join(", ")}</span></> : null}</td>
              <td className="dim nowrap"><When time={decision.at} ago /></td>
              <td className="nowrap">
                <Link className="link" to={`/decisions/${decision.id}`} aria-label={strings.policies.explainWhy}>{strings.policies.explain}</Link><br />
                {decision.receipt_id ? <Link className="link sm" to={`/receipts/${decision.receipt_id}`}>{strings.receipt.one}</Link> : null}
                {decision.run_id ? <><br /><Link className="link sm" to={`/runs/${decision.run_id}`}>{strings.receipt.run}</Link></> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
