import { api } from "../api/client";
import type { FlowSummary } from "../api/model";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { When } from "../app/When";
import { count } from "../app/format";
import { Link } from "../app/router";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Icon } from "../design/Icon";
import { Scroll } from "../design/Scroll";
import { Await, Empty } from "../design/States";
import { strings } from "../strings";

export function FlowsPage() {
  const session = useSession();
  const { resource, reload } = useResource(`flows:${session.tenant.id}`, (signal) => api.flows(signal), ["flow.", "run."]);
  const create = <Link className="btn pri" to="/flows/new"><Icon name="plus" /> {strings.flows.create}</Link>;
  return (
    <Page title={strings.nav.flows} actions={create}>
      <div className="stack">
        <p className="lede">{strings.flows.lede}</p>
        <Card flush title={strings.flows.list}>
          <Await resource={resource} retry={reload}>
            {({ items }) => items.length === 0 ? <Empty icon="flows" title={strings.flows.none}><p>{strings.flows.noneText}</p></Empty> : <Table flows={items} />}
          </Await>
        </Card>
      </div>
    </Page>
  );
}

function Table({ flows }: { flows: FlowSummary[] }) {
  return (
    <Scroll label={strings.flows.list}>
      <table>
        <caption className="hush">{strings.flows.list}</caption>
        <thead>
          <tr><th scope="col">{strings.cols.flow}</th><th scope="col">{strings.cols.startedBy}</th><th scope="col">{strings.cols.version}</th><th scope="col" className="num">{strings.cols.openRuns}</th><th scope="col" className="num">{strings.cols.allRuns}</th></tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <tr key={flow.name} className="hit">
              <td><Link className="cover strong" to={`/flows/${encodeURIComponent(flow.name)}`}>{flow.title}</Link><br /><span className="mono dim sm">{flow.name}</span></td>
              <td className="mut">{flow.trigger}</td>
              <td>
                <span className="row"><b>v{flow.version_number}</b><Chip tone={flow.state === "published" ? "ok" : "wait"}>{strings.flows.state(flow.state)}</Chip></span>
                {flow.published_at ? <span className="dim sm"><When time={flow.published_at} ago /> · {flow.published_by}</span> : null}
              </td>
              <td className="num">{count(flow.runs_open)}</td>
              <td className="num">{count(flow.runs_total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
