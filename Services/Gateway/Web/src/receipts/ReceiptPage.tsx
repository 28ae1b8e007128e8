import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { ReceiptDetail } from "../api/model";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { When } from "../app/When";
import { count } from "../app/format";
import { Link } from "../app/router";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { Fold } from "../design/Fold";
import { JsonView } from "../design/JsonView";
import { Await, Skeleton } from "../design/States";
import { ReceiptReport, verifyReceipt } from "../proof/receipt";
import { strings } from "../strings";
import { Checks } from "./Checks";
import { LevelChip } from "./LevelChip";
import { ProofTree } from "./ProofTree";
import { Tamper } from "./Tamper";
import { trustOf } from "./useVerified";

export function ReceiptPage({ id }: { id: string }) {
  const { resource, reload } = useResource(`receipt:${id}`, (signal) => api.receipt(id, signal));
  const title = resource.status === "ready" ? strings.receipt.title(count(resource.value.receipt.index)) : strings.receipt.one;
  return (
    <Page title={title} crumb={{ to: "/receipts", label: strings.nav.receipts }}
      chips={resource.status === "ready" ? <Chip>{resource.value.receipt.kind}</Chip> : null}>
      <Await resource={resource} retry={reload} skeleton={<Skeleton shape="block" />}>{(detail) => <One detail={detail} />}</Await>
    </Page>
  );
}

function useReport(detail: ReceiptDetail): ReceiptReport | null | undefined {
  const tenant = useSession().tenant.id;
  const [report, setReport] = useState<ReceiptReport | null | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    trustOf(tenant).then((trust) => verifyReceipt(detail, trust)).then((value) => gone || setReport(value), () => gone || setReport(null));
    return () => {
      gone = true;
    };
  }, [detail, tenant]);
  return report;
}

function One({ detail }: { detail: ReceiptDetail }) {
  const report = useReport(detail);
  const { receipt } = detail;
  return (
    <div className="stack">
      <p className="lede">{strings.receipt.sentence(receipt.emitter, strings.receipt.what(receipt.kind, receipt.phase, receipt.outcome))} <When time={receipt.at} />. {report ? strings.receipt.verdict(report.ok, count(report.checks.length)) : null}</p>
      <div className="withside">
        <div className="stack">
          <Card title={strings.receipt.checks} aside={<LevelChip report={report} />} tone={report?.ok === false ? "bad" : undefined}>
            {report ? <Checks report={report} /> : <Skeleton shape="text" />}
          </Card>
          <Card title={strings.receipt.statement} note={<span className="dim sm">{strings.receipt.statementNote}</span>}>
            <div className="stack">
              {report ? <JsonView value={report.statement} label={strings.receipt.statement} /> : null}
              {report && report.disclosures.length > 0 ? <Disclosed report={report} /> : null}
            </div>
          </Card>
          <Card title={strings.receipt.bytes}>
            <div className="stack tight">
              <Fold title={strings.receipt.envelope}><JsonView value={detail.envelope} label={strings.receipt.envelope} /></Fold>
              <Fold title={strings.receipt.leaf}><JsonView value={report?.leaf ?? detail.leaf} label={strings.receipt.leaf} /></Fold>
              <Fold title={strings.receipt.proof}><pre className="json">{detail.proof}</pre></Fold>
            </div>
          </Card>
        </div>
        <div className="stack">
          <Card title={strings.receipt.path}>
            {report ? <ProofTree report={report} /> : <Skeleton shape="block" />}
            <dl className="kv sm">
              <dt>{strings.receipt.digest}</dt><dd><Digest hex={receipt.digest} /></dd>
              <dt>{strings.cols.signer}</dt><dd>{report?.signer || receipt.emitter}</dd>
              {report?.proof ? <><dt>{strings.receipts.checkpoint}</dt><dd>{strings.receipt.size(count(report.proof.checkpoint.size))}<br /><span className="mono">{report.proof.checkpoint.origin}</span></dd></> : null}
              {receipt.run_id ? <><dt>{strings.receipt.run}</dt><dd><Link className="link" to={`/runs/${receipt.run_id}`}>{receipt.run_id.slice(-8)}</Link>{receipt.step ? ` · ${receipt.step}` : ""}</dd></> : null}
              {receipt.causes.length > 0 ? <><dt>{strings.receipt.causes}</dt><dd>{receipt.causes.map((cause) => <Digest key={cause} hex={cause} />)}</dd></> : null}
            </dl>
          </Card>
          <Tamper detail={detail} />
        </div>
      </div>
    </div>
  );
}

function Disclosed({ report }: { report: ReceiptReport }) {
  return (
    <div className="stack tight">
      <h3>{strings.receipt.disclosed}</h3>
      <table>
        <caption className="hush">{strings.receipt.disclosed}</caption>
        <thead className="hush"><tr><th>{strings.sign.field}</th><th>{strings.sign.value}</th><th>{strings.cols.proof}</th></tr></thead>
        <tbody>
          {report.disclosures.map((each) => (
            <tr key={each.digest}>
              <th scope="row">{each.name}</th>
              <td className="wrap">{typeof each.value === "string" ? each.value : JSON.stringify(each.value)}</td>
              <td className="num"><Chip tone={each.committed ? "veil" : "bad"}>{each.committed ? strings.receipt.opens : strings.receipt.opensNot}</Chip></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

