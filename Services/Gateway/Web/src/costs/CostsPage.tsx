import { api } from "../api/client";
import type { Anomaly, Budget, CostSeries, Throttle } from "../api/model";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { When } from "../app/When";
import { count, micros, money } from "../app/format";
import { Link } from "../app/router";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Await, Empty, Skeleton } from "../design/States";
import { strings } from "../strings";
import { Chart } from "./Chart";

const TOPICS = ["cost.", "anomaly.", "throttle.", "budget.", "run.", "step."];

export function CostsPage() {
  const { tenant } = useSession();
  const costs = useResource(`costs:${tenant.id}`, (signal) => api.costs(signal), TOPICS);
  const anomalies = useResource(`anomalies:${tenant.id}`, (signal) => api.anomalies(signal), TOPICS);
  const budgets = useResource(`budgets:${tenant.id}`, (signal) => api.budgets(signal), TOPICS);
  const throttles = useResource(`throttles:${tenant.id}`, (signal) => api.throttles(signal), TOPICS);
  const open = anomalies.resource.status === "ready" ? anomalies.resource.value.items.filter((each) => each.state === "open").length : 0;
  return (
    <Page title={strings.nav.costs} chips={<>
      {costs.resource.status === "ready" ? <Chip tone="cost">{money(costs.resource.value.total)}</Chip> : null}
      {open > 0 ? <Chip tone="bad">{strings.costs.openAnomalies(open)}</Chip> : null}
    </>}>
      <div className="stack">
        <p className="lede">{strings.costs.lede}</p>
        <div className="withside">
          <div className="stack">
            <Await resource={costs.resource} retry={costs.reload} skeleton={<Skeleton shape="block" />}>
              {({ series }) => series.length === 0 ? <Card title={strings.costs.series}><Empty icon="costs" title={strings.costs.none}><p>{strings.costs.noneText}</p></Empty></Card> : (
                <AllSeries series={series} />
              )}
            </Await>
          </div>
          <div className="stack">
            <Card title={strings.costs.anomalies}><Await resource={anomalies.resource} retry={anomalies.reload} skeleton={<Skeleton shape="text" />}>{({ items }) => <Anomalies items={items} />}</Await></Card>
            <Card title={strings.costs.throttles}><Await resource={throttles.resource} retry={throttles.reload} skeleton={<Skeleton shape="text" />}>{({ items }) => <Throttles items={items} />}</Await></Card>
            <Card title={strings.costs.budgets}><Await resource={budgets.resource} retry={budgets.reload} skeleton={<Skeleton shape="text" />}>{({ items }) => <Budgets items={items} />}</Await></Card>
          </div>
        </div>
      </div>
    </Page>
  );
}

/** Those with a line to draw, the costly ones first; the rest as one table. */
function AllSeries({ series }: { series: CostSeries[] }) {
  const byCost = [...series].sort((a, b) => micros(b.total) - micros(a.total));
  const drawn = byCost.filter((each) => each.points.length > 1);
  const short = byCost.filter((each) => each.points.length <= 1);
  return (
    <>
      {drawn.map((each) => <Card key={`${each.service}:${each.meter}`} title={`${each.service} · ${each.meter}`} aside={<Chip tone="cost">{money(each.total)}</Chip>}><Chart series={each} /></Card>)}
      {short.length > 0 ? (
        <Card flush title={strings.costs.short}>
          <table>
            <caption className="hush">{strings.costs.short}</caption>
            <thead><tr><th scope="col">{strings.cols.service}</th><th scope="col">{strings.cols.meter}</th><th scope="col" className="num">{strings.cols.cost}</th></tr></thead>
            <tbody>{short.map((each) => <tr key={`${each.service}:${each.meter}`}><td>{each.service}</td><td>{each.meter}</td><td className="num">{money(each.total)}</td></tr>)}</tbody>
          </table>
        </Card>
      ) : null}
    </>
  );
}

function Anomalies({ items }: { items: Anomaly[] }) {
  if (items.length === 0) return <p className="mut">{strings.costs.noAnomalies}</p>;
  return (
    <ul className="stack">
      {items.map((each) => (
        <li key={each.id} className="stack tight">
          <p className="row"><b>{each.service} · {each.meter}</b><span className="push"><Chip tone={each.state === "open" ? "bad" : "plain"}>{strings.costs.anomalyState(each.state)}</Chip></span></p>
          <p>{strings.costs.ratio((each.ratio_milli / 1000).toFixed(1), money(each.observed), money(each.expected))}</p>
          <p className="sm dim"><When time={each.opened_at} ago />{each.receipt_id ? <> · <Link className="link" to={`/receipts/${each.receipt_id}`}>{strings.receipt.one}</Link></> : null}</p>
        </li>
      ))}
    </ul>
  );
}

function Throttles({ items }: { items: Throttle[] }) {
  if (items.length === 0) return <p className="mut">{strings.costs.noThrottles}</p>;
  return (
    <ul className="stack tight">
      {items.map((each) => (
        <li key={`${each.service}:${each.meter}`} className="row">
          <b>{each.service} · {each.meter}</b> <Chip tone="wait">{strings.costs.throttled(each.percent)}</Chip>
          {each.run_id ? <Link className="link sm push" to={`/runs/${each.run_id}`}>{strings.receipt.run}</Link> : null}
        </li>
      ))}
    </ul>
  );
}

function Budgets({ items }: { items: Budget[] }) {
  if (items.length === 0) return <p className="mut">{strings.costs.noBudgets}</p>;
  return (
    <ul className="stack">
      {items.map((each) => {
        const share = micros(each.limit) > 0 ? (micros(each.spent) + micros(each.reserved)) / micros(each.limit) : 0;
        const tone = share >= 1 ? "bad" : share >= 0.8 ? "wait" : "cost";
        return (
          <li key={each.scope} className="stack tight">
            <p className="row"><b>{each.scope}</b><span className="push"><Chip tone={tone}>{strings.costs.share(count(Math.round(share * 100)))}</Chip></span></p>
            <svg className={`meter ${tone}`} width="100%" height="8" aria-hidden="true">
              <rect className="rail" width="100%" height="8" rx="4" />
              <rect width={`${Math.min(100, share * 100)}%`} height="8" rx="4" />
            </svg>
            <p className="sm mut">{strings.costs.budget(money(each.spent), money(each.limit), each.period, micros(each.reserved) > 0 ? money(each.reserved) : "")}</p>
          </li>
        );
      })}
    </ul>
  );
}
