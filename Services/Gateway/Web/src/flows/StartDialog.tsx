import { useState } from "react";
import { api } from "../api/client";
import type { Flow, Json } from "../api/model";
import { isObject } from "../proof/jcs";
import { Problem } from "../api/problem";
import { navigate } from "../app/router";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { strings } from "../strings";

function object(text: string): { [key: string]: Json } | null {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Starts a run of the published version by hand, with an input written as JSON. */
export function StartDialog({ flow, onClose }: { flow: Flow; onClose: () => void }) {
  const [text, setText] = useState("{}");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (): Promise<void> => {
    if (busy) return;
    const input = object(text);
    if (!input) return setProblem(strings.start.notJSON);
    setBusy(true);
    try {
      const { run_id } = await api.startRun(flow.flow.name, input);
      navigate(`/runs/${run_id}`);
    } catch (cause) {
      setBusy(false);
      setProblem(cause instanceof Problem ? strings.problem(cause.status, cause.code, cause.detail).detail : String(cause));
    }
  };
  return (
    <Dialog title={strings.start.title(flow.flow.title)} onClose={onClose} onSubmit={() => void submit()}>
      <p>{strings.start.lede}</p>
      <div className="field">
        <label htmlFor="input">{strings.start.input}</label>
        <textarea id="input" className="input mono" rows={8} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
      </div>
      {problem ? <p className="notice bad" role="alert">{problem}</p> : null}
      <div className="actions">
        <Button onClick={onClose}>{strings.cancel}</Button>
        <Button look="pri" type="submit" aria-busy={busy}>{busy ? strings.working : strings.flows.start}</Button>
      </div>
    </Dialog>
  );
}
