import { api } from "../api/client";
import { useResource } from "../api/resource";
import { count, money } from "../app/format";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Scroll } from "../design/Scroll";
import { Await } from "../design/States";
import { strings } from "../strings";

export function RunCostCard({ run }: { run: string }) {
  const { resource, reload } = useResource(`cost:${run}`, (signal) => api.runCost(run, signal), ["step.", "run."]);
  const cost = resource.status === "ready" ? resource.value : null;
  return (
    <Card flush title={strings.run.cost} aside={cost ? <Chip tone="cost">{cost.budget ? strings.run.ofBudget(money(cost.total), money(cost.budget)) : money(cost.total)}</Chip> : null}>
      <Await resource={resource} retry={reload}>
        {(value) => value.events.length === 0 ? <p className="pad mut">{strings.run.noCost}</p> : (
          <Scroll label={strings.run.cost}>
            <table>
              <caption className="hush">{strings.run.cost}</caption>
              <thead><tr><th scope="col">{strings.cols.meter}</th><th scope="col" className="num">{strings.cols.quantity}</th><th scope="col" className="num">{strings.cols.cost}</th></tr></thead>
              <tbody>
                {value.events.map((event) => (
                  <tr key={event.id}>
                    <td>{event.meter}<br /><span className="dim sm">{[event.step, event.service].filter(Boolean).join(" · ")}</span></td>
                    <td className="num">{count(event.quantity)}</td>
                    <td className="num nowrap">{money(event.cost)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Await>
    </Card>
  );
}
