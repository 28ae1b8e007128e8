import { useState } from "react";
import { api } from "../api/client";
import type { ReplayReport } from "../api/model";
import { Problem } from "../api/problem";
import { Link } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { strings } from "../strings";
import { ReplayView } from "./ReplayView";
import { BundleText, asDraft } from "./draft";
import { windowStart } from "./replay";

interface Told {
  edition: number;
  report: ReplayReport;
  receipt: string | null;
}

/** What the draft would have decided; asked for by a person, since a window may be long. */
export function ReplayPanel({ draft, ready }: { draft: BundleText; ready: boolean }) {
  const text = strings.replay;
  const [days, setDays] = useState(7);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [told, setTold] = useState<Told | null>(null);
  const run = async (): Promise<void> => {
    if (busy) return;
    const { edition } = draft;
    setBusy(true);
    setProblem(null);
    try {
      const answer = await api.replay(asDraft(draft), windowStart(days, Date.now()));
      if (answer.report) setTold({ edition, report: answer.report, receipt: answer.receipt_id });
      else setProblem(answer.problems[0]?.message ?? "");
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      setProblem(strings.problem(cause.status, cause.code, cause.detail).detail);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={text.title} note={<span className="dim sm">{text.lede}</span>}
      aside={(
        <>
          <label className="hush" htmlFor="replay-window">{text.window}</label>
          <select id="replay-window" className="input" value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {Object.entries(text.windows).map(([each, words]) => <option key={each} value={each}>{words}</option>)}
          </select>
          <Button blocked={ready ? null : text.blocked} aria-busy={busy} onClick={() => void run()}>{busy ? text.running : text.run}</Button>
        </>
      )}>
      <div className="stack" role="status">
        {problem ? <p className="notice bad" role="alert">{problem}</p> : null}
        {told && told.edition !== draft.edition ? <p className="staleness">{text.stale}</p> : null}
        {told ? <ReplayView report={told.report} /> : problem ? null : <p className="mut">{text.lede}</p>}
        {told?.receipt ? <p className="sm row"><Link className="link" to={`/receipts/${told.receipt}`}>{text.signed}</Link></p> : null}
      </div>
    </Card>
  );
}

