import { api } from "../api/client";
import type { RunSummary } from "../api/model";
import { useResource } from "../api/resource";
import { usePages } from "../api/usePages";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { When } from "../app/When";
import { useNow } from "../app/clock";
import { duration, millis, sentence } from "../app/format";
import { Link, navigate, useRoute, withQuery } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Scroll } from "../design/Scroll";
import { Await, Empty } from "../design/States";
import { strings } from "../strings";

const states = ["", "running", "waiting", "succeeded", "failed", "cancelled"];

export function RunsPage() {
  const session = useSession();
  const route = useRoute();
  const state = route.query.get("state") ?? "";
  const flow = route.query.get("flow") ?? "";
  const list = usePages(`runs:${session.tenant.id}:${state}:${flow}`, (cursor, signal) => api.runs({ state, flow, cursor }, signal), ["run.", "step.", "task."]);
  const flows = useResource(`flows:${session.tenant.id}`, (signal) => api.flows(signal)).resource;
  return (
    <Page title={strings.nav.runs}>
      <div className="stack">
        <p className="lede">{strings.runs.lede}</p>
        <div className="row">
          <div className="seg" role="group" aria-label={strings.runs.byState}>
            {states.map((each) => (
              <button key={each} type="button" aria-pressed={state === each} onClick={() => navigate(withQuery(route, { state: each }), { replace: true })}>
                {each ? strings.run.state(each) : strings.runs.all}
              </button>
            ))}
          </div>
          <label htmlFor="flow" className="hush">{strings.runs.byFlow}</label>
          <select id="flow" className="input" value={flow} onChange={(event) => navigate(withQuery(route, { flow: event.target.value }), { replace: true })}>
            <option value="">{strings.runs.everyFlow}</option>
            {flows.status === "ready" ? flows.value.items.map((each) => <option key={each.name} value={each.name}>{each.title}</option>) : null}
          </select>
        </div>
        <Card flush title={strings.runs.list}>
          <Await resource={list.resource} retry={list.reload}>
            {(runs) => runs.length === 0 ? (
              <Empty icon="runs" title={state || flow ? strings.runs.noneHere : strings.runs.none}>
                <p>{state || flow ? strings.runs.noneHereText : strings.runs.noneText}</p>
                {state || flow ? <p><Button onClick={() => navigate("/runs")}>{strings.runs.clear}</Button></p> : <p><Link className="link" to="/flows">{strings.nav.flows}</Link></p>}
              </Empty>
            ) : <Table runs={runs} />}
          </Await>
          {list.more ? <p className="pad"><Button onClick={list.more} aria-busy={list.loadingMore}>{strings.more}</Button></p> : null}
        </Card>
      </div>
    </Page>
  );
}

function Table({ runs }: { runs: RunSummary[] }) {
  const now = useNow();
  return (
    <Scroll label={strings.runs.list}>
      <table className="runs">
        <caption className="hush">{strings.runs.list}</caption>
        <thead>
          <tr><th scope="col">{strings.cols.run}</th><th scope="col">{strings.cols.state}</th><th scope="col">{strings.cols.now}</th><th scope="col">{strings.cols.started}</th><th scope="col" className="num">{strings.cols.took}</th></tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} className="hit">
              <td>
                <Link className="cover strong" to={`/runs/${run.id}`}>{run.title}</Link>
                <br /><span className="dim sm">{run.flow} v{run.version_number} · <span className="mono">{run.id.slice(-8)}</span></span>
              </td>
              <td><Chip tone={strings.run.tone(run.state)}>{strings.run.state(run.state)}</Chip></td>
              <td className="mut now">{run.ended_at ? strings.run.outcome(run.outcome ?? "") : sentence(run.why_waiting ?? "") || run.current_node}</td>
              <td className="dim nowrap"><When time={run.started_at} ago /><br /><span className="sm">{run.started_by}</span></td>
              <td className="num nowrap">{duration((run.ended_at ? millis(run.ended_at) : now) - millis(run.started_at))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
