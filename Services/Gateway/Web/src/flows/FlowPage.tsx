import { useMemo, useState } from "react";
import { api } from "../api/client";
import type { Flow, Json, Published } from "../api/model";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { useRoute } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Await, Skeleton } from "../design/States";
import { FlowPicture } from "../runs/FlowPicture";
import { strings } from "../strings";
import { CodeEditor } from "./CodeEditor";
import { ProblemList } from "./ProblemList";
import { PublishDialog } from "./PublishDialog";
import { PublishResult } from "./PublishResult";
import { StartDialog } from "./StartDialog";
import { Versions } from "./Versions";
import { DraftState, draftState, marks } from "./draft";
import { FlowGraph, flowGraph } from "./graph";
import { places } from "./pointers";
import { starter } from "./starter";
import { looksLikeJSON, useDraft } from "./useDraft";

export function FlowPage({ name }: { name: string }) {
  const session = useSession();
  const version = useRoute().query.get("version");
  const fresh = name === "new";
  // Stands above the editor, which begins anew with the version that was published.
  const [result, setResult] = useState<Published | null>(null);
  const published = (answer: Published): void => {
    setResult(answer);
    if (answer.state === "published" && !fresh) reload();
  };
  const { resource, reload } = useResource(fresh ? null : `flow:${session.tenant.id}:${name}:${version ?? ""}`, (signal) => api.flow(name, version, signal));
  if (fresh) return <Editor key="new" title={strings.flows.newTitle} initial={JSON.stringify(starter, null, 2)} flow={null} result={result} onResult={setResult} onPublished={published} />;
  return resource.status === "ready" ? (
    <Editor key={resource.value.flow.version_id} title={resource.value.flow.title} initial={JSON.stringify(resource.value.document, null, 2)} flow={resource.value} result={result} onResult={setResult} onPublished={published} />
  ) : (
    <Page title={name} crumb={{ to: "/flows", label: strings.nav.flows }}>
      <Await resource={resource} retry={reload} skeleton={<Skeleton shape="block" />}>{() => null}</Await>
    </Page>
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The drawing follows the text; while the text cannot be read, the last one that could stays. */
function useGraph(text: string): FlowGraph {
  const [last, setLast] = useState<FlowGraph>({ nodes: [], edges: [] });
  const value = useMemo(() => parsed(text), [text]);
  const graph = useMemo(() => (value === undefined ? null : flowGraph(value)), [value]);
  if (graph && graph !== last) setLast(graph);
  return graph ?? last;
}

const chipTone = { syntax: "bad", errors: "bad", checking: "plain", warnings: "wait", valid: "ok" } as const;

interface EditorProps {
  title: string;
  initial: string;
  flow: Flow | null;
  result: Published | null;
  onResult: (result: Published | null) => void;
  onPublished: (answer: Published) => void;
}

function Editor({ title, initial, flow, result, onResult, onPublished }: EditorProps) {
  const [draft, dispatch] = useDraft(initial);
  const [dialog, setDialog] = useState<"publish" | "start" | null>(null);
  const graph = useGraph(draft.text);
  const found = useMemo(() => (looksLikeJSON(draft.text) ? places(draft.text) : null), [draft.text]);
  const syntax = found?.error ?? null;
  const state: DraftState = draftState(draft, syntax !== null);
  const problems = draft.checked?.problems ?? [];
  const shown = useMemo(
    () => (syntax ? [{ line: syntax.line, severity: "error" as const, message: strings.flows.syntax(syntax.reason) }] : marks(problems, draft.text)),
    [syntax, problems, draft.text],
  );
  const wrong = useMemo(() => new Set(problems.flatMap((problem) => (problem.node ? [problem.node] : []))), [problems]);
  const changed = draft.text !== draft.base || flow === null;
  const blocked = state === "valid" || state === "warnings" ? (changed ? null : strings.flows.unchanged) : strings.flows.notYet[state];
  return (
    <Page title={title} crumb={{ to: "/flows", label: strings.nav.flows }}
      chips={<>
        {flow ? <Chip>{changed ? strings.flows.draftOf(flow.flow.version_number) : `v${flow.flow.version_number}`}</Chip> : <Chip>{strings.flows.draft}</Chip>}
        <span role="status"><Chip tone={chipTone[state]} icon={state === "valid" ? "check" : undefined}>{strings.flows.draftState(state, problems.length, graph.nodes.length)}</Chip></span>
      </>}
      actions={<>
        {flow ? <Button onClick={() => setDialog("start")}>{strings.flows.start}</Button> : null}
        {changed && flow ? <Button look="ghost" onClick={() => dispatch({ kind: "opened", text: initial })}>{strings.flows.revert}</Button> : null}
        <Button look="pri" blocked={blocked} onClick={() => setDialog("publish")}>{strings.flows.publish}</Button>
      </>}>
      <div className="stack flowpage">
        {result ? <PublishResult result={result} onClose={() => onResult(null)} /> : null}
        <div className="withside even">
          <Card flush title={strings.flows.document} note={<span className="dim sm">{strings.flows.documentNote}</span>}>
            <CodeEditor value={draft.text} onChange={(text) => dispatch({ kind: "typed", text })} language={looksLikeJSON(draft.text) ? "json" : "plain"} label={strings.flows.document} marks={shown} describedBy="flow-problems" />
          </Card>
          <div className="stack">
            <Card flush title={strings.flows.picture}><FlowPicture graph={graph} wrong={wrong} label={strings.graph.label(title)} tallest={520} /></Card>
            <ProblemList problems={syntax ? [] : problems} syntax={syntax} state={state} />
            {flow ? <Versions flow={flow} /> : null}
          </div>
        </div>
      </div>
      {dialog === "publish" ? <PublishDialog text={draft.text} onClose={() => setDialog(null)}
        onPublished={(answer) => (setDialog(null), dispatch({ kind: "published" }), onPublished(answer))}
        onRefused={(refused) => (setDialog(null), dispatch({ kind: "checked", text: draft.text, problems: refused, versionID: null }))} /> : null}
      {dialog === "start" && flow ? <StartDialog flow={flow} onClose={() => setDialog(null)} /> : null}
    </Page>
  );
}
