import { useState } from "react";
import { api } from "../api/client";
import { Problem } from "../api/problem";
import { useToast } from "../app/Toasts";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { Digest } from "../design/Digest";
import { strings } from "../strings";

export function ActivateDialog({ digest, rollback, onClose, onDone }: { digest: string; rollback: boolean; onClose: () => void; onDone: () => void }) {
  const text = strings.policyHistory;
  const toast = useToast();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      const answer = await api.activateBundle(digest, { note, rollback });
      if (answer.state === "held") return setProblem(`${text.done("held")} ${answer.report?.sentence ?? ""}`);
      toast(text.done(answer.state));
      onDone();
      onClose();
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      setProblem(strings.problem(cause.status, cause.code, cause.detail).detail);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={text.rollbackTitle} onClose={onClose} onSubmit={() => void go()}>
      <p>{strings.policies.digest} <Digest hex={digest} /></p>
      <p className="mut">{text.rollbackLede}</p>
      {problem ? <p className="notice bad" role="alert">{problem}</p> : null}
      <div className="field">
        <label htmlFor="activate-note">{strings.policyEdit.note}</label>
        <textarea id="activate-note" className="input" data-autofocus maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
      </div>
      <div className="actions">
        <Button onClick={onClose}>{strings.cancel}</Button>
        <Button look="pri" type="submit" aria-busy={busy}>{text.confirm}</Button>
      </div>
    </Dialog>
  );
}
