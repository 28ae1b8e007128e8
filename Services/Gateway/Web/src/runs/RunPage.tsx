import { useMemo, useState } from "react";
import { api } from "../api/client";
import type { Run } from "../api/model";
import { Problem } from "../api/problem";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useToast } from "../app/Toasts";
import { When } from "../app/When";
import { useNow } from "../app/clock";
import { clock, duration, millis, rough, sentence } from "../app/format";
import { Link } from "../app/router";
import { AskBox } from "../copilot/AskBox";
import { flowGraph } from "../flows/graph";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Fold } from "../design/Fold";
import { Icon } from "../design/Icon";
import { JsonView } from "../design/JsonView";
import { Await, Skeleton } from "../design/States";
import { strings } from "../strings";
import { FlowPicture } from "./FlowPicture";
import { RunActions } from "./RunActions";
import { RunCostCard } from "./RunCost";
import { RunReceipts } from "./RunReceipts";
import { Steps } from "./Steps";
import { Timeline } from "./Timeline";

export function RunPage({ id }: { id: string }) {
  const { resource, reload } = useResource(`run:${id}`, (signal) => api.run(id, signal), ["run.", "step.", "task."]);
  const run = resource.status === "ready" ? resource.value.run : null;
  const toast = useToast();
  const download = (): void => {
    api.bundle(id).then((text) => save(text, `provable-${id}.json`), (problem: Problem) => toast(problem.message));
  };
  return (
    <Page title={run ? run.title : strings.run.one} name={run?.title} crumb={{ to: "/runs", label: strings.nav.runs }}
      chips={run ? <><span className="mono dim" title={run.id}>{run.id.slice(-8)}</span><Chip tone={strings.run.tone(run.state)}>{strings.run.state(run.state)}</Chip></> : null}
      actions={run ? (
        <>
          {run.ended_at ? null : <RunActions run={run} onDone={reload} />}
          <Button icon="download" onClick={download}>{strings.run.download}</Button>
        </>
      ) : null}>
      <Await resource={resource} retry={reload} skeleton={<Skeleton shape="block" />}>{(value) => <One value={value} onChange={reload} />}</Await>
    </Page>
  );
}

function save(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function One({ value, onChange }: { value: Run; onChange: () => void }) {
  const { run, steps } = value;
  const [open, setOpen] = useState<number | null>(null);
  const graph = useMemo(() => flowGraph(value.document), [value.document]);
  const show = (seq: number): void => {
    setOpen(seq);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`#step-${seq} > summary`)?.focus());
  };
  const showNode = (node: string): void => {
    const step = [...steps].reverse().find((each) => each.node === node);
    if (step) show(step.seq);
  };
  return (
    <div className="stack">
      <Why value={value} />
      <div className="withside">
        <div className="stack">
          <div className="rungrid">
            <Card flush title={strings.run.graph} note={<span className="dim sm"><Link className="link" to={`/flows/${run.flow}?version=${run.version_id}`}>{run.flow} v{run.version_number}</Link></span>}>
              <FlowPicture graph={graph} steps={steps} label={strings.graph.label(run.title)} onNode={showNode} tallest={620} />
            </Card>
            <div className="stack">
              <Card title={strings.run.timeline} note={<span className="dim sm">{strings.run.startedBy(clock(run.started_at), run.started_by)}</span>}>
                <Timeline steps={steps} ended={run.ended_at} onStep={show} />
              </Card>
              <Steps run={run} steps={steps} graph={graph} open={open} onChange={onChange} />
            </div>
          </div>
          <RunReceipts run={run.id} />
        </div>
        <div className="stack">
          <Card title={strings.copilot.ask}><AskBox run={run.id} suggestions={strings.copilot.aboutRun(run.state)} /></Card>
          <RunCostCard run={run.id} />
          <Card title={strings.run.startedWith}><Fold title={strings.run.input}><JsonView value={value.input} label={strings.run.input} /></Fold></Card>
        </div>
      </div>
    </div>
  );
}

/** One sentence before one table: what is so, and what is wanted of the reader. */
function Why({ value: { run, steps } }: { value: Run }) {
  const now = useNow();
  const left = run.deadline_at && !run.ended_at ? millis(run.deadline_at) - now : null;
  const tone = strings.run.tone(run.state);
  const waiting = [...steps].reverse().find((step) => step.task_id && !step.ended_at);
  return (
    <section className={`card why tone-${tone}`} aria-label={strings.run.why(run.state)}>
      <Icon name={tone === "ok" ? "check" : tone === "bad" ? "cross" : "clock"} size={20} />
      <div className="stack tight">
        <h2>{strings.run.why(run.state)}</h2>
        <p>{run.ended_at ? strings.run.outcome(run.outcome ?? "") : sentence(run.why_waiting ?? "") || strings.run.moving(run.current_node ?? "")}</p>
        <p className="sm mut">
          {run.ended_at ? strings.run.took(duration(millis(run.ended_at) - millis(run.started_at))) : <>{strings.run.began} <When time={run.started_at} ago /></>}
          {left !== null ? ` · ${left < 0 ? strings.inbox.late(rough(-left)) : strings.run.deadline(rough(left))}` : ""}
        </p>
      </div>
      {waiting?.task_id && !run.ended_at ? <Link className="btn pri push" to={`/inbox?item=${waiting.task_id}`}>{strings.run.decide}</Link> : null}
    </section>
  );
}
