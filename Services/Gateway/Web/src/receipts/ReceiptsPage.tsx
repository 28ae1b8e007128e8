import { useState } from "react";
import { api } from "../api/client";
import type { CheckpointInfo, Receipt } from "../api/model";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { When } from "../app/When";
import { count } from "../app/format";
import { Link, navigate, useRoute, withQuery } from "../app/router";
import { usePages } from "../api/usePages";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { Scroll } from "../design/Scroll";
import { Await, Empty } from "../design/States";
import { strings } from "../strings";
import { LevelChip } from "./LevelChip";
import { VerifyBundle } from "./VerifyBundle";
import { useCheckpoint } from "./useCheckpoint";
import { useVerified } from "./useVerified";

export function ReceiptsPage() {
  const route = useRoute();
  const verify = route.query.get("view") === "verify";
  return (
    <Page title={strings.nav.receipts} chips={
      <div className="seg" role="group" aria-label={strings.receipts.views}>
        <Link to="/receipts" aria-current={verify ? undefined : "page"}>{strings.receipts.explorer}</Link>
        <Link to="/receipts?view=verify" aria-current={verify ? "page" : undefined}>{strings.receipts.verify}</Link>
      </div>
    }>
      {verify ? <VerifyBundle /> : <Explorer />}
    </Page>
  );
}

function Explorer() {
  const session = useSession();
  const route = useRoute();
  const kind = route.query.get("kind") ?? "";
  const run = route.query.get("run") ?? "";
  const { resource, reload } = useResource(`checkpoint:${session.tenant.id}`, (signal) => api.checkpoint(signal), ["receipt.", "run.", "step."]);
  const list = usePages(`receipts:${session.tenant.id}:${kind}:${run}`, (cursor, signal) => api.receipts({ kind, run_id: run, cursor }, signal), ["receipt.", "run.", "step."]);
  return (
    <div className="stack">
      <p className="lede">{strings.receipts.lede}</p>
      <Await resource={resource} retry={reload} skeleton={<div className="bone tall" />}>{(value) => <Head info={value} />}</Await>
      <div className="row">
        <label htmlFor="kind" className="sm mut">{strings.receipts.kind}</label>
        <select id="kind" className="input" value={kind} onChange={(event) => navigate(withQuery(route, { kind: event.target.value }), { replace: true })}>
          <option value="">{strings.receipts.all}</option>
          {strings.receipts.kinds.map((each) => <option key={each} value={`${each}/v1`}>{each}</option>)}
        </select>
        {run ? <Chip tone="acc">{strings.receipts.ofRun} <span className="mono">{run.slice(-8)}</span></Chip> : null}
        {run ? <Button small look="ghost" icon="close" onClick={() => navigate(withQuery(route, { run: null }))}>{strings.receipts.allRuns}</Button> : null}
      </div>
      <Card flush title={strings.receipts.log}>
        <Await resource={list.resource} retry={list.reload}>
          {(items) => items.length === 0 ? <Empty icon="receipts" title={strings.receipts.none}><p>{strings.receipts.noneText}</p></Empty> : <Table receipts={items} />}
        </Await>
        {list.more ? <p className="pad"><Button onClick={list.more} aria-busy={list.loadingMore}>{strings.more}</Button></p> : null}
      </Card>
    </div>
  );
}

function Head({ info }: { info: CheckpointInfo }) {
  const state = useCheckpoint(info);
  return (
    <section className="card headline" aria-label={strings.receipts.checkpoint}>
      <div><span className="dim sm">{strings.receipts.size}</span><b className="figure">{count(info.tree_size)}</b></div>
      <div><span className="dim sm">{strings.receipts.root}</span><Digest hex={info.root} label={strings.receipts.root} /></div>
      <div><span className="dim sm">{strings.receipts.signedBy}</span><span className="mono sm wrap">{info.verifier_key.split("+").slice(0, 2).join("+")}</span></div>
      <Chip tone={state === "holds" ? "ok" : state === "fails" ? "bad" : "plain"} icon={state === "holds" ? "check" : state === "fails" ? "cross" : undefined}>{strings.receipts.checkpointState[state]}</Chip>
    </section>
  );
}

const AT_ONCE = 25;

function Table({ receipts }: { receipts: Receipt[] }) {
  const [wanted, setWanted] = useState(AT_ONCE);
  const reports = useVerified(receipts.slice(0, wanted).map((receipt) => receipt.id));
  return (
    <Scroll label={strings.receipts.log}>
      <table>
        <caption className="hush">{strings.receipts.log}</caption>
        <thead>
          <tr><th scope="col" className="num">{strings.cols.index}</th><th scope="col">{strings.cols.what}</th><th scope="col">{strings.cols.signer}</th><th scope="col">{strings.cols.step}</th><th scope="col">{strings.cols.time}</th><th scope="col">{strings.cols.proof}</th></tr>
        </thead>
        <tbody>
          {receipts.map((receipt, i) => (
            <tr key={receipt.id} className="hit">
              <td className="mono num">{count(receipt.index)}</td>
              <td><Link className="cover" to={`/receipts/${receipt.id}`}>{strings.receipt.what(receipt.kind, receipt.phase, receipt.outcome)}</Link></td>
              <td className="mut">{receipt.emitter}</td>
              <td className="mut">{receipt.step ?? ""}</td>
              <td className="dim"><When time={receipt.at} /></td>
              <td>{i < wanted ? <LevelChip report={reports.get(receipt.id)} /> : <Button small onClick={() => setWanted(wanted + AT_ONCE)}>{strings.receipts.check}</Button>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
