import { useRef, useState } from "react";
import { api } from "../api/client";
import type { BundleDraft, PolicyProblem } from "../api/model";
import { useResource } from "../api/resource";
import { useSession } from "../app/SessionContext";
import { useRoute } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Await, Skeleton } from "../design/States";
import { CodeEditor } from "../flows/CodeEditor";
import { strings } from "../strings";
import { Problems } from "./Problems";
import { PublishDialog } from "./PublishDialog";
import { ReplayPanel } from "./ReplayPanel";
import { TestResults } from "./TestResults";
import { DraftPart, checkState, isChanged, marksOf, offsetOf, problemsOf } from "./draft";
import { takeDraft } from "./handover";
import { useBundleText } from "./useBundleText";

/** The bundle that the address names, the draft that a proposal handed over, or what is in force. */
export function Editor() {
  const session = useSession();
  const route = useRoute();
  const digest = route.query.get("edit");
  const [handed] = useState(takeDraft);
  const { resource, reload } = useResource(handed ? null : `bundle:${session.tenant.id}:${digest ?? "active"}`, (signal) => load(digest, signal));
  if (handed) return <One initial={handed} />;
  return <Await resource={resource} retry={reload} skeleton={<Skeleton shape="block" />}>{(draft) => <One key={digest ?? "active"} initial={draft} />}</Await>;
}

async function load(digest: string | null, signal: AbortSignal): Promise<BundleDraft> {
  const named = digest ?? (await api.policies(signal).catch((cause: { status?: number }) => (cause.status === 404 ? null : Promise.reject(cause))))?.digest;
  if (!named) return { name: "policies", policies: "" };
  const bundle = await api.bundleOf(named, signal);
  return { name: bundle.name, policies: bundle.policies, schema: bundle.schema, tests: bundle.tests, entities: bundle.entities };
}

const parts: readonly DraftPart[] = ["policies", "schema", "tests"];

function One({ initial }: { initial: BundleDraft }) {
  const session = useSession();
  const admin = session.roles.includes("admin");
  const [draft, dispatch] = useBundleText(initial, admin);
  const [part, setPart] = useState<DraftPart>("policies");
  const [publishing, setPublishing] = useState(false);
  const sheet = useRef<HTMLDivElement>(null);
  const state = checkState(draft);
  const text = strings.policyEdit;
  const go = (problem: PolicyProblem): void => {
    const target = parts.find((each) => each === problem.source) ?? "policies";
    setPart(target);
    requestAnimationFrame(() => {
      const area = sheet.current?.querySelector("textarea");
      if (!area) return;
      const at = offsetOf(draft[target], problem.line, problem.column);
      area.focus();
      area.setSelectionRange(at, at);
    });
  };
  return (
    <div className="stack">
      {admin ? null : <p className="notice" role="note">{text.readOnly}</p>}
      <div className="withside even">
        <div ref={sheet}>
          <Card flush title={draft.name} note={<>{admin ? <span role="status"><Chip tone={text.tone[state]}>{text.state[state]}</Chip></span> : null}{isChanged(draft) ? <Chip>{text.changed}</Chip> : null}</>}
            aside={admin ? (
              <>
                {isChanged(draft) ? <Button small look="ghost" onClick={() => dispatch({ kind: "opened", draft: initial })}>{text.revert}</Button> : null}
                <Button small look="pri" blocked={state === "good" ? null : text.blocked[state]} onClick={() => setPublishing(true)}>{text.publish}</Button>
              </>
            ) : null}>
            <div className="partbar">
              <div className="seg" role="group" aria-label={text.parts.label}>
                {parts.map((each) => (
                  <button key={each} type="button" aria-pressed={part === each} onClick={() => setPart(each)}>
                    {text.parts[each]}{problemsOf(draft, each).length > 0 ? <span className="count bad">{problemsOf(draft, each).length}</span> : null}
                  </button>
                ))}
              </div>
            </div>
            <CodeEditor key={part} value={draft[part]} readOnly={!admin} onChange={(value) => dispatch({ kind: "typed", part, text: value })} language={part === "tests" ? "json" : "cedar"}
              label={text.editor[part]} marks={marksOf(problemsOf(draft, part))} describedBy="policy-problems" />
          </Card>
        </div>
        {admin ? (
          <div className="stack">
            <Problems draft={draft} state={state} onGo={go} />
            <TestResults draft={draft} />
          </div>
        ) : null}
      </div>
      {admin ? <ReplayPanel draft={draft} ready={state === "good" || state === "failing"} /> : null}
      {publishing ? <PublishDialog draft={draft} onClose={() => setPublishing(false)} onDone={() => dispatch({ kind: "published" })} /> : null}
    </div>
  );
}
