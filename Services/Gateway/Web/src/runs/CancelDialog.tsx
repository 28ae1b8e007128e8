import { useState } from "react";
import { api } from "../api/client";
import { Problem } from "../api/problem";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { strings } from "../strings";

export function CancelDialog({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: () => void }) {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const blocked = reason.trim() === "" ? strings.run.reasonNeeded : null;
  const submit = (): void => {
    if (blocked || busy) return;
    setBusy(true);
    api.cancelRun(id, reason.trim()).then(onDone, (cause: Problem) => (setProblem(cause), setBusy(false)));
  };
  return (
    <Dialog title={strings.run.cancelTitle} onClose={onClose} onSubmit={submit}>
      <p>{strings.run.cancelLede}</p>
      <div className="field">
        <label htmlFor="reason">{strings.run.reason}</label>
        <textarea id="reason" className="input" value={reason} maxLength={1000} onChange={(event) => setReason(event.target.value)} data-autofocus />
      </div>
      {problem ? <p className="notice bad" role="alert">{problem.message}</p> : null}
      <div className="actions">
        <Button onClick={onClose}>{strings.run.keep}</Button>
        <Button look="danger" type="submit" blocked={blocked}>{busy ? strings.working : strings.run.cancel}</Button>
      </div>
    </Dialog>
  );
}
