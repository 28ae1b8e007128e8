import { ChangeEvent, DragEvent, useRef, useState } from "react";
import { count } from "../app/format";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Fold } from "../design/Fold";
import { Icon } from "../design/Icon";
import { BundleReport, verifyBundle } from "../proof/bundle";
import { strings } from "../strings";
import { Checks } from "./Checks";
import { LevelChip } from "./LevelChip";
import { tamperedBundle } from "./bundleTampering";

interface Loaded {
  name: string;
  source: string;
  report: BundleReport;
  changed: string | null;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Reads a bundle file here and now: nothing is sent, so it works with the network pulled out. */
export function VerifyBundle() {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setProblem(file.size > MAX_BYTES ? strings.bundle.tooLong : null);
    if (file.size > MAX_BYTES) return;
    setBusy(true);
    const source = await file.text();
    setLoaded({ name: file.name, source, report: await verifyBundle(source), changed: null });
    setBusy(false);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer.files[0]);
  };
  const change = async (kind: "byte" | "drop" | "swap" | null): Promise<void> => {
    if (!loaded) return;
    const source = kind ? tamperedBundle(loaded.source, kind) : loaded.source;
    setLoaded({ ...loaded, report: await verifyBundle(source), changed: kind });
  };
  return (
    <div className="stack">
      <p className="lede">{strings.bundle.lede}</p>
      <div className={over ? "drop over" : "drop"} onDragOver={(event) => (event.preventDefault(), setOver(true))} onDragLeave={() => setOver(false)} onDrop={drop}>
        <Icon name="file" size={28} />
        <p className="strong">{busy ? strings.working : strings.bundle.drop}</p>
        <input ref={input} id="bundle-file" hidden type="file" accept="application/json,.json" onChange={(event: ChangeEvent<HTMLInputElement>) => void read(event.target.files?.[0])} />
        <Button look="pri" onClick={() => input.current?.click()}>{strings.bundle.choose}</Button>
        <p className="sm dim">{strings.bundle.offline}</p>
      </div>
      {problem ? <p className="notice bad" role="alert">{problem}</p> : null}
      <div aria-live="polite" className="stack">
        {loaded ? <Verdict loaded={loaded} change={(kind) => void change(kind)} /> : null}
      </div>
    </div>
  );
}

function Verdict({ loaded, change }: { loaded: Loaded; change: (kind: "byte" | "drop" | "swap" | null) => void }) {
  const { report } = loaded;
  const good = report.receipts.filter((each) => each.report.ok).length;
  return (
    <>
      <Card title={report.ok ? strings.bundle.holds : strings.bundle.fails} tone={report.ok ? "ok" : "bad"}
        aside={<Chip tone={report.ok ? "ok" : "bad"} icon={report.ok ? "check" : "cross"}>{strings.bundle.verdict(report.verdict)}</Chip>}>
        <div className="stack">
          <p>{report.unreadable ? strings.bundle.unreadable[report.unreadable] : strings.bundle.summary(loaded.name, count(good), count(report.receipts.length), report.verdict)}</p>
          {report.findings.length > 0 ? <ul className="reasons">{report.findings.map((finding, i) => <li key={i}><Icon name="cross" /> <span>{strings.bundle.finding(finding.code)} <span className="mono sm">{finding.detail}</span></span></li>)}</ul> : null}
          {report.run ? (
            <dl className="kv sm">
              <dt>{strings.bundle.run}</dt><dd className="mono">{report.run}</dd>
              <dt>{strings.bundle.log}</dt><dd className="mono">{report.origin}</dd>
              <dt>{strings.bundle.keys}</dt><dd><span className="mono">{report.trustDigest}</span><br /><span className="mut">{strings.bundle.trust}</span></dd>
            </dl>
          ) : null}
          {report.unreadable ? null : (
            <div className="row">
              <span className="sm mut">{strings.bundle.tamper}</span>
              {(["byte", "drop", "swap"] as const).map((kind) => <Button key={kind} small aria-pressed={loaded.changed === kind} onClick={() => change(kind)}>{strings.bundle.tampers[kind]}</Button>)}
              {loaded.changed ? <Button small look="ghost" onClick={() => change(null)}>{strings.bundle.restore}</Button> : null}
            </div>
          )}
        </div>
      </Card>
      {report.receipts.length > 0 ? (
        <Card flush title={strings.bundle.receipts}>
          {report.receipts.map((each, i) => (
            <Fold key={i} title={<><span className="mono dim">#{count(each.index)}</span> <span>{strings.receipt.what(each.kind, each.report.facts?.phase ?? "single", "")}</span></>} aside={<LevelChip report={each.report} />}>
              <Checks report={each.report} />
            </Fold>
          ))}
        </Card>
      ) : null}
    </>
  );
}
