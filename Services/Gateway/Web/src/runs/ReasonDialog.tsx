import { ReactNode, useState } from "react";
import { Problem } from "../api/problem";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { strings } from "../strings";

interface Props {
  title: string;
  lede: string;
  /** On the button that does it. */
  act: string;
  danger?: boolean;
  /** What is wanted beside the reason. */
  children?: ReactNode;
  /** Why it cannot be done yet; null where it can. */
  blocked?: string | null;
  onAct: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

/** Whatever a person does to a run by hand: what it does, why, and then it is done. */
export function ReasonDialog({ title, lede, act, danger, children, blocked, onAct, onClose }: Props) {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const missing = blocked ?? (reason.trim() === "" ? strings.run.reasonNeeded : null);
  const submit = (): void => {
    if (missing || busy) return;
    setBusy(true);
    onAct(reason.trim()).catch((cause: Problem) => (setProblem(cause), setBusy(false)));
  };
  return (
    <Dialog title={title} onClose={onClose} onSubmit={submit}>
      <p>{lede}</p>
      {children}
      <div className="field">
        <label htmlFor="reason">{strings.run.reason}</label>
        <textarea id="reason" className="input" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} data-autofocus />
      </div>
      {problem ? <p className="notice bad" role="alert">{problem.message}</p> : null}
      <div className="actions">
        <Button onClick={onClose}>{strings.run.keep}</Button>
        <Button look={danger ? "danger" : "pri"} type="submit" blocked={missing}>{busy ? strings.working : act}</Button>
      </div>
    </Dialog>
  );
}
