import { useState } from "react";
import { api } from "../api/client";
import type { Json, Task } from "../api/model";
import { useResource } from "../api/resource";
import { useToast } from "../app/Toasts";
import { When } from "../app/When";
import { useNow } from "../app/clock";
import { millis, rough, sentence } from "../app/format";
import { useKeys } from "../app/keys";
import { Link, navigate } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { strings } from "../strings";
import { Consequences } from "./Consequences";
import { DecisionDialog } from "./DecisionDialog";
import { Evidence } from "./Evidence";
import { TaskForm, formFields } from "./TaskForm";
import { WhatYouSign } from "./WhatYouSign";

interface Props {
  task: Task;
  onDone: () => void;
  reload: () => void;
}

/** What you sign, why you are asked, what happens if you do, and the evidence: always in this order. */
export function TaskDetail({ task, onDone, reload }: Props) {
  const { resource: run } = useResource(task.run_id ? `run:${task.run_id}` : null, (signal) => api.run(task.run_id ?? "", signal));
  const loaded = run.status === "ready" ? run.value : null;
  return (
    <>
      <Heading task={task} />
      <WhatYouSign task={task} />
      <div className="two">
        <Card title={strings.task.why}>
          <p>{sentence(task.reason) || strings.task.noReason}</p>
          <p className="sm mut">{strings.task.askedBy(task.requested_by || strings.task.aFlow)}{task.decision_id ? <>{" "}<Link className="link" to={`/decisions/${task.decision_id}`}>{strings.policies.explainWhy}</Link></> : null}</p>
        </Card>
        <Consequences task={task} run={loaded} />
      </div>
      {task.run_id ? <Evidence run={task.run_id} /> : null}
      <Footer task={task} onDone={onDone} reload={reload} />
    </>
  );
}

function Heading({ task }: { task: Task }) {
  const now = useNow();
  const left = task.due_at ? millis(task.due_at) - now : null;
  return (
    <div className="stack tight">
      <p className="row">
        <Chip tone={task.state === "open" ? "wait" : strings.task.tone(task.state)}>{strings.task.kindLine(task.kind, task.state, task.role)}</Chip>
        {task.state === "open" && left !== null ? <Chip tone={left < 0 ? "bad" : "wait"} icon="clock">{left < 0 ? strings.inbox.late(rough(-left)) : strings.inbox.left(rough(left))}</Chip> : null}
      </p>
      <h2 className="title">{task.title}</h2>
      <p className="mut sm">
        {task.flow ? <Link className="link" to={`/flows/${task.flow}`}>{task.flow}</Link> : null}
        {task.flow && task.run_id ? " · " : null}
        {task.run_id ? <Link className="link" to={`/runs/${task.run_id}`}>{strings.task.theRun}</Link> : null}
        {" · "}{strings.task.asked} <When time={task.created_at} ago />
      </p>
    </div>
  );
}

function Footer({ task, onDone, reload }: Props) {
  const [asked, setAsked] = useState<string | null>(null);
  const [answer, setAnswer] = useState<Json>({});
  const toast = useToast();
  const open = task.state === "open";
  const blocked = task.can_decide ? null : strings.task.blocked(task.cannot_decide_reason ?? "");
  const decide = (decision: string): void => {
    if (open && !blocked) setAsked(decision);
  };
  const ask = (): void => navigate(`/copilot?${task.run_id ? `run=${task.run_id}&` : ""}q=${encodeURIComponent(strings.task.question)}`);
  useKeys({ a: () => decide(task.kind === "approval" ? "approve" : "complete"), r: () => decide("reject"), q: ask });
  if (!open) {
    return (
      <p className="foot">
        <Chip tone={strings.task.tone(task.state)} icon={task.state === "approved" || task.state === "completed" ? "check" : "cross"}>{strings.task.state(task.state)}</Chip>
        <span>{strings.task.decidedBy(task.decided_by ?? "")} {task.decided_at ? <When time={task.decided_at} /> : null}</span>
        {task.comment ? <span className="mut">“{task.comment}”</span> : null}
      </p>
    );
  }
  const form = task.kind !== "approval" && formFields(task.form).length > 0;
  return (
    <>
      {form ? <Card title={strings.task.form}><TaskForm schema={task.form} value={answer} onChange={setAnswer} /></Card> : null}
      <div className="foot">
        {task.kind === "approval" ? (
          <>
            <Button look="pri" hint="a" blocked={blocked} onClick={() => decide("approve")}>{strings.task.approve}</Button>
            <Button hint="r" blocked={blocked} onClick={() => decide("reject")}>{strings.task.reject}</Button>
          </>
        ) : (
          <Button look="pri" hint="a" blocked={blocked} onClick={() => decide("complete")}>{strings.task.complete}</Button>
        )}
        <Button look="ghost" hint="q" onClick={ask}>{strings.task.ask}</Button>
        {blocked ? <p className="blocked sm" role="note">{blocked}</p> : <span className="dim sm push keys" aria-hidden="true">{strings.task.next} <kbd>J</kbd> {strings.task.previous} <kbd>K</kbd></span>}
      </div>
      {asked ? (
        <DecisionDialog task={task} decision={asked} answer={task.kind === "approval" ? undefined : answer} onClose={() => setAsked(null)}
          onDecided={(text) => (setAsked(null), toast(text), onDone())} onStale={() => (setAsked(null), reload())} />
      ) : null}
    </>
  );
}
