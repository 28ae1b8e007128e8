import { api } from "../api/client";
import { useResource } from "../api/resource";
import { clock, count } from "../app/format";
import { Link } from "../app/router";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Scroll } from "../design/Scroll";
import { Await } from "../design/States";
import { LevelChip } from "../receipts/LevelChip";
import { useVerified } from "../receipts/useVerified";
import { strings } from "../strings";

/** What the run has left behind so far, each receipt verified in this browser. */
export function Evidence({ run }: { run: string }) {
  const { resource, reload } = useResource(`receipts:${run}`, (signal) => api.runReceipts(run, signal), ["receipt.", "step.", "run.", "task."]);
  const receipts = resource.status === "ready" ? [...resource.value.items].sort((a, b) => a.index - b.index) : [];
  const reports = useVerified(receipts.map((receipt) => receipt.id));
  const good = receipts.filter((receipt) => reports.get(receipt.id)?.ok).length;
  const bad = receipts.filter((receipt) => reports.get(receipt.id)?.ok === false).length;
  const tone = bad > 0 ? "bad" : good === receipts.length && good > 0 ? "ok" : "plain";
  return (
    <Card flush title={strings.evidence.title} tone={bad > 0 ? "bad" : undefined}
      aside={receipts.length > 0 ? <Chip tone={tone} icon={tone === "ok" ? "check" : undefined}>{strings.evidence.verified(count(good), count(receipts.length))}</Chip> : null}>
      <Await resource={resource} retry={reload}>
        {() => receipts.length === 0 ? <p className="pad mut">{strings.evidence.none}</p> : (
          <Scroll label={strings.evidence.title}>
            <table>
              <caption className="hush">{strings.evidence.caption}</caption>
              <thead className="hush"><tr><th>{strings.cols.time}</th><th>{strings.cols.what}</th><th>{strings.cols.index}</th><th>{strings.cols.proof}</th></tr></thead>
              <tbody>
                {receipts.map((receipt) => (
                  <tr key={receipt.id} className="hit">
                    <td className="nowrap dim">{clock(receipt.at)}</td>
                    <td><Link className="cover" to={`/receipts/${receipt.id}`}>{strings.receipt.what(receipt.kind, receipt.phase, receipt.outcome)}</Link>{receipt.step ? <span className="dim sm"> {strings.receipt.at(receipt.step)}</span> : null}</td>
                    <td className="mono dim num">#{count(receipt.index)}</td>
                    <td className="num"><LevelChip report={reports.get(receipt.id)} /></td>
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
