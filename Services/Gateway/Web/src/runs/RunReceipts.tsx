import { api } from "../api/client";
import { useResource } from "../api/resource";
import { count } from "../app/format";
import { Link } from "../app/router";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Scroll } from "../design/Scroll";
import { Await } from "../design/States";
import { LevelChip } from "../receipts/LevelChip";
import { useVerified } from "../receipts/useVerified";
import { strings } from "../strings";

export function RunReceipts({ run }: { run: string }) {
  const { resource, reload } = useResource(`receipts:${run}`, (signal) => api.runReceipts(run, signal), ["receipt.", "step.", "run."]);
  const receipts = resource.status === "ready" ? [...resource.value.items].sort((a, b) => a.index - b.index) : [];
  const reports = useVerified(receipts.map((receipt) => receipt.id));
  const good = receipts.filter((receipt) => reports.get(receipt.id)?.ok).length;
  const bad = receipts.some((receipt) => reports.get(receipt.id)?.ok === false);
  return (
    <Card flush title={strings.nav.receipts} tone={bad ? "bad" : undefined}
      aside={receipts.length > 0 ? <Chip tone={bad ? "bad" : good === receipts.length ? "ok" : "plain"} icon={good === receipts.length ? "check" : undefined}>{strings.evidence.verified(count(good), count(receipts.length))}</Chip> : null}>
      <Await resource={resource} retry={reload}>
        {() => receipts.length === 0 ? <p className="pad mut">{strings.evidence.none}</p> : (
          <Scroll label={strings.nav.receipts}>
            <table>
              <caption className="hush">{strings.evidence.caption}</caption>
              <thead><tr><th scope="col" className="num">{strings.cols.index}</th><th scope="col">{strings.cols.what}</th><th scope="col">{strings.cols.signer}</th><th scope="col">{strings.cols.proof}</th></tr></thead>
              <tbody>
                {receipts.map((receipt) => (
                  <tr key={receipt.id} className="hit">
                    <td className="mono num">{count(receipt.index)}</td>
                    <td><Link className="cover" to={`/receipts/${receipt.id}`}>{strings.receipt.what(receipt.kind, receipt.phase, receipt.outcome)}</Link>{receipt.step ? <span className="dim sm"> {strings.receipt.at(receipt.step)}</span> : null}</td>
                    <td className="mut">{receipt.emitter}</td>
                    <td><LevelChip report={reports.get(receipt.id)} /></td>
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
