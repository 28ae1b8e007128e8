import { useState } from "react";
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { BundlePublished } from "../api/model";
import { Link } from "../app/router";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { Digest } from "../design/Digest";
import { strings } from "../strings";
import { BundleText, asDraft } from "./draft";

export function PublishDialog({ draft, onClose, onDone }: { draft: BundleText; onClose: () => void; onDone: () => void }) {
  const text = strings.policyEdit;
  const [note, setNote] = useState("");
  const [storeOnly, setStoreOnly] = useState(false);
  const [accepts, setAccepts] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [answer, setAnswer] = useState<BundlePublished | null>(null);
  const publish = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      setAnswer(await api.publishBundle({ ...asDraft(draft), activate: !storeOnly, note, accept_loosening: accepts }));
      onDone();
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      setProblem(strings.problem(cause.status, cause.code, cause.detail).detail);
    } finally {
      setBusy(false);
    }
  };
  if (answer && answer.activation?.state !== "held") {
    return (
      <Dialog title={text.publishTitle} onClose={onClose} onSubmit={onClose}>
        <p role="status">{text.outcome(answer.activation?.state ?? "stored")}</p>
        <p className="sm mut">{strings.policies.digest} <Digest hex={answer.digest} /></p>
        <div className="actions">
          {answer.activation?.state === "awaiting-approval" ? <Link className="btn" to="/policies?tab=history">{text.waiting}</Link> : null}
          {answer.activation?.receipt_id ? <Link className="btn" to={`/receipts/${answer.activation.receipt_id}`}>{strings.receipt.one}</Link> : null}
          <Button look="pri" type="submit" data-autofocus>{strings.close}</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={text.publishTitle} onClose={onClose} onSubmit={() => void publish()}>
      <p className="mut">{text.publishLede}</p>
      {problem ? <p className="notice bad" role="alert">{problem}</p> : null}
      {answer ? <p className="notice bad" role="alert">{text.outcome("held")} {answer.activation?.report?.sentence}</p> : null}
      <div className="field">
        <label htmlFor="publish-note">{text.note}</label>
        <textarea id="publish-note" className="input" data-autofocus maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} aria-describedby="publish-hint" />
        <span id="publish-hint" className="hint">{text.noteHint}</span>
      </div>
      <label className="row"><input type="checkbox" checked={storeOnly} onChange={(event) => setStoreOnly(event.target.checked)} /> {text.storeOnly}</label>
      {answer ? <label className="row"><input type="checkbox" checked={accepts} onChange={(event) => setAccepts(event.target.checked)} /> {text.accept}</label> : null}
      <div className="actions">
        <Button onClick={onClose}>{strings.cancel}</Button>
        <Button look="pri" type="submit" aria-busy={busy}>{text.publishNow}</Button>
      </div>
    </Dialog>
  );
}
