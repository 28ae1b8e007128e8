import { useState } from "react";
import { api } from "../api/client";
import type { RunSummary, Step } from "../api/model";
import { navigate } from "../app/router";
import { useToast } from "../app/Toasts";
import { Button } from "../design/Button";
import type { FlowGraph } from "../flows/graph";
import { Json } from "../proof/jcs";
import { strings } from "../strings";
import { ReasonDialog } from "./ReasonDialog";

/** Letting a step be that does not end by itself, and starting again from one that is over. */
export function StepActions({ run, step, graph, onDone }: { run: RunSummary; step: Step; graph: FlowGraph; onDone: () => void }) {
  const [asked, setAsked] = useState<"skip" | "fork" | null>(null);
  if (step.type === "trigger" || step.type === "compensation") return null;
  const canSkip = !run.ended_at && !step.ended_at && step.state !== "started";
  if (!canSkip && !step.ended_at) return null;
  return (
    <div className="row">
      {canSkip ? <Button onClick={() => setAsked("skip")}>{strings.run.skip}</Button> : null}
      {step.ended_at ? <Button onClick={() => setAsked("fork")}>{strings.run.fork}</Button> : null}
      {asked === "skip" ? <Skip run={run} step={step} graph={graph} onClose={() => setAsked(null)} onDone={() => (setAsked(null), onDone())} /> : null}
      {asked === "fork" ? <Fork run={run} step={step} onClose={() => setAsked(null)} /> : null}
    </div>
  );
}

function Skip({ run, step, graph, onClose, onDone }: { run: RunSummary; step: Step; graph: FlowGraph; onClose: () => void; onDone: () => void }) {
  const ports = graph.edges.filter((edge) => edge.from === step.node && !edge.entersBody).map((edge) => edge.port);
  const [port, setPort] = useState(ports[0] ?? "");
  const [text, setText] = useState("");
  const toast = useToast();
  const output = parsed(text);
  const skip = (reason: string): Promise<void> =>
    api.skipStep(run.id, step.seq, { port, reason, ...(output === undefined || output === null ? {} : { output }) }).then(() => (toast(strings.run.skipped), onDone()));
  return (
    <ReasonDialog title={strings.run.skipTitle(step.title || step.node)} lede={strings.run.skipLede} act={strings.run.skip}
      blocked={output === undefined ? strings.run.noJson : null} onAct={skip} onClose={onClose}>
      <div className="field">
        <label htmlFor="port">{strings.run.leaveBy}</label>
        <select id="port" className="input" value={port} onChange={(event) => setPort(event.target.value)}>
          {ports.map((each) => <option key={each}>{each}</option>)}
        </select>
      </div>
      <div className="field">
        <label htmlFor="output">{strings.run.leftBehind}</label>
        <textarea id="output" className="input mono" value={text} onChange={(event) => setText(event.target.value)} placeholder="{}" />
      </div>
    </ReasonDialog>
  );
}

/** Null where nothing is written, undefined where it is no JSON. */
function parsed(text: string): Json | null | undefined {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function Fork({ run, step, onClose }: { run: RunSummary; step: Step; onClose: () => void }) {
  const fork = (reason: string): Promise<void> => api.forkRun(run.id, step.seq, { reason }).then(({ run_id }) => navigate(`/runs/${run_id}`));
  return <ReasonDialog title={strings.run.forkTitle(step.title || step.node)} lede={strings.run.forkLede} act={strings.run.fork} onAct={fork} onClose={onClose} />;
}
