import { useState } from "react";
import { api } from "../api/client";
import type { FlowProblem, Published } from "../api/model";
import { Problem } from "../api/problem";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { strings } from "../strings";
import { asProblems } from "./useDraft";

interface Props {
  text: string;
  onClose: () => void;
  onPublished: (answer: Published) => void;
  onRefused: (problems: FlowProblem[]) => void;
}

export function PublishDialog({ text, onClose, onPublished, onRefused }: Props) {
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      onPublished(await api.publishFlow(text, note.trim()));
    } catch (cause) {
      const refused = cause instanceof Problem ? asProblems(cause) : [];
      if (refused.length > 0) return onRefused(refused);
      setBusy(false);
      setProblem(cause instanceof Problem ? cause : Problem.offline(cause));
    }
  };
  return (
    <Dialog title={strings.publish.title} onClose={onClose} onSubmit={() => void submit()}>
      <p>{strings.publish.lede}</p>
      <div className="field">
        <label htmlFor="note">{strings.publish.note}</label>
        <textarea id="note" className="input" value={note} maxLength={1000} onChange={(event) => setNote(event.target.value)} data-autofocus />
        <span className="hint">{strings.publish.noteHint}</span>
      </div>
      {problem ? <p className="notice bad" role="alert">{strings.problem(problem.status, problem.code, problem.detail).detail}</p> : null}
      <div className="actions">
        <Button onClick={onClose}>{strings.cancel}</Button>
        <Button look="pri" type="submit" aria-busy={busy}>{busy ? strings.working : strings.flows.publish}</Button>
      </div>
    </Dialog>
  );
}
