import { useState } from "react";
import { api } from "../api/client";
import type { PolicyBundle } from "../api/model";
import { Problem } from "../api/problem";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { useToast } from "../app/Toasts";
import { When } from "../app/When";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { Await, Skeleton } from "../design/States";
import { CodeEditor, Mark } from "../flows/CodeEditor";
import { strings } from "../strings";
import { Decisions } from "./Decisions";
import { policyLines } from "./cedarList";

export function PoliciesPage() {
  const session = useSession();
  const { resource, reload } = useResource(`policies:${session.tenant.id}`, (signal) => api.policies(signal), ["policy."]);
  return (
    <Page title={strings.nav.policies} chips={resource.status === "ready" ? <Chip>{strings.policies.count(policyLines(resource.value.policies).length)}</Chip> : null}>
      <div className="stack">
        <p className="lede">{strings.policies.lede}</p>
        <Decisions />
        <Await resource={resource} retry={reload} skeleton={<Skeleton shape="block" />}>{(bundle) => <Bundle key={bundle.digest} bundle={bundle} reload={reload} />}</Await>
      </div>
    </Page>
  );
}

/** Line and column of what Cedar's parser refused, from the problem document. */
function marksOf(problem: Problem): Mark[] {
  return problem.errors.map((error) => {
    return { line: Math.max(0, (error.line ?? 1) - 1), severity: "error", message: error.message };
  });
}

function Bundle({ bundle, reload }: { bundle: PolicyBundle; reload: () => void }) {
  const session = useSession();
  const toast = useToast();
  const [text, setText] = useState<string | null>(null);
  const [marks, setMarks] = useState<Mark[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const admin = session.roles.includes("admin");
  const save = async (): Promise<void> => {
    if (busy || text === null) return;
    setBusy(true);
    setProblem(null);
    try {
      await api.putPolicies({ name: bundle.name, policies: text, entities: bundle.entities, activate: true });
      toast(strings.policies.saved);
      setText(null);
      setMarks([]);
      reload();
    } catch (cause) {
      if (cause instanceof Problem) {
        setMarks(marksOf(cause));
        setProblem(strings.problem(cause.status, cause.code, cause.detail).detail);
      }
    } finally {
      setBusy(false);
    }
  };
  const list = policyLines(text ?? bundle.policies);
  return (
    <div className="withside">
      <Card flush title={strings.policies.text} note={<span className="dim sm">{bundle.name}</span>}
        aside={text === null
          ? <Button small blocked={admin ? null : strings.policies.adminOnly} onClick={() => setText(bundle.policies)}>{strings.policies.edit}</Button>
          : <><Button small look="ghost" onClick={() => (setText(null), setMarks([]), setProblem(null))}>{strings.cancel}</Button><Button small look="pri" aria-busy={busy} onClick={() => void save()}>{strings.policies.activate}</Button></>}>
        {problem ? <p className="notice bad" role="alert">{problem}</p> : null}
        <CodeEditor value={text ?? bundle.policies} readOnly={text === null} onChange={setText} language="cedar" label={strings.policies.text} marks={marks} />
      </Card>
      <Card title={strings.policies.inForce}>
        <div className="stack">
          <dl className="kv sm">
            <dt>{strings.policies.digest}</dt><dd><Digest hex={bundle.digest} /></dd>
            <dt>{strings.policies.since}</dt><dd><When time={bundle.created_at} ago /> · {bundle.author}</dd>
          </dl>
          <ul className="stack tight">
            {list.map((policy, i) => (
              <li key={i} className="row">
                <span className="mono sm wrap">{policy.id}</span>
                <span className="push row">
                  {policy.gate ? <Chip tone={policy.gate === "redact" ? "veil" : "wait"}>{strings.policies.gate(policy.gate, policy.approvers)}</Chip> : null}
                  <Chip tone={policy.effect === "permit" ? "ok" : "bad"}>{strings.policies.effect[policy.effect]}</Chip>
                </span>
              </li>
            ))}
          </ul>
        </div>
      </Card>
    </div>
  );
}
