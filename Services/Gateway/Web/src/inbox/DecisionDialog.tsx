import { useState } from "react";
import { api } from "../api/client";
import { idempotencyKey } from "../api/http";
import type { Json, Task, TaskDecision } from "../api/model";
import { Problem } from "../api/problem";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { strings } from "../strings";

interface Props {
  task: Task;
  decision: string;
  answer?: Json;
  onClose: () => void;
  onDecided: (text: string) => void;
  /** The subject changed or someone else was faster: the card must be read again. */
  onStale: () => void;
}

/** The last look before a signature. The key is made once, so that pressing twice decides once. */
export function DecisionDialog({ task, decision, answer, onClose, onDecided, onStale }: Props) {
  const [comment, setComment] = useState("");
  const [key] = useState(idempotencyKey);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const text = strings.decision(decision);
  const needsComment = decision === "reject" && comment.trim() === "";
  const submit = async (): Promise<void> => {
    if (busy || needsComment) return;
    setBusy(true);
    setProblem(null);
    try {
      await api.decide(task.id, { decision: decision as TaskDecision["decision"], subject_digest: task.subject_digest ?? "", ...(comment.trim() ? { comment: comment.trim() } : {}), ...(answer !== undefined ? { answer } : {}) }, key);
      onDecided(text.done(task.title));
    } catch (cause) {
      setBusy(false);
      setProblem(cause instanceof Problem ? cause : Problem.offline(cause));
    }
  };
  const stale = problem?.code === "SUBJECT_CHANGED" || problem?.code === "TASK_CLOSED";
  return (
    <Dialog title={text.title} onClose={onClose} onSubmit={() => void submit()}>
      <p>{text.lede(task.title)}</p>
      <div className="digestbox">
        <span className="dim sm">{strings.sign.youSign} sha256</span>
        <span className="mono wrap">{task.subject_digest}</span>
      </div>
      <div className="field">
        <label htmlFor="comment">{decision === "reject" ? strings.task.commentNeeded : strings.task.comment}</label>
        <textarea id="comment" className="input" value={comment} maxLength={2000} onChange={(event) => setComment(event.target.value)} data-autofocus={decision === "reject" ? true : undefined} />
        <span className="hint">{strings.task.commentHint}</span>
      </div>
      {problem ? <p className="notice bad" role="alert">{strings.problem(problem.status, problem.code, problem.detail).detail}</p> : null}
      <div className="actions">
        <Button onClick={stale ? onStale : onClose}>{stale ? strings.task.readAgain : strings.cancel}</Button>
        <Button look={decision === "reject" ? "plain" : "pri"} type="submit" data-autofocus={decision === "reject" ? undefined : true}
          blocked={needsComment ? strings.task.commentNeeded : null} aria-busy={busy}>
          {busy ? strings.working : text.button}
        </Button>
      </div>
    </Dialog>
  );
}
