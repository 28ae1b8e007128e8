import { useState } from "react";
import { api } from "../api/client";
import type { RunSummary } from "../api/model";
import { useToast } from "../app/Toasts";
import { Button } from "../design/Button";
import { strings } from "../strings";
import { ReasonDialog } from "./ReasonDialog";

type Act = "pause" | "resume" | "cancel";

/** What can be done to a run that is not over. */
export function RunActions({ run, onDone }: { run: RunSummary; onDone: () => void }) {
  const [asked, setAsked] = useState<Act | null>(null);
  const toast = useToast();
  const act = (reason: string): Promise<void> => {
    const call = { pause: api.pauseRun, resume: api.resumeRun, cancel: api.cancelRun }[asked ?? "pause"];
    return call(run.id, reason).then(() => (setAsked(null), toast(strings.run.done[asked ?? "pause"]), onDone()));
  };
  return (
    <>
      <Button onClick={() => setAsked(run.paused ? "resume" : "pause")}>{run.paused ? strings.run.act.resume : strings.run.act.pause}</Button>
      <Button look="danger" onClick={() => setAsked("cancel")}>{strings.run.act.cancel}</Button>
      {asked ? (
        <ReasonDialog title={strings.run.actTitle[asked]} lede={strings.run.actLede[asked]} act={strings.run.act[asked]} danger={asked === "cancel"}
          onAct={act} onClose={() => setAsked(null)} />
      ) : null}
    </>
  );
}
