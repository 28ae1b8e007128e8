import { api } from "../api/client";
import type { BundleDifference } from "../api/model";
import { useResource } from "../api/resource";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { Scroll } from "../design/Scroll";
import { Await, Skeleton } from "../design/States";
import { strings } from "../strings";
import { policyLines } from "./cedarList";
import { lineDiff } from "./lineDiff";

/** Policy by policy, by meaning: the server compares what they say and not how they are written. */
export function Difference({ from, to, onClose }: { from: string | null; to: string; onClose: () => void }) {
  const { resource, reload } = useResource(`diff:${from ?? ""}:${to}`, (signal) => api.diff(from, to, signal));
  return (
    <Card title={strings.diff.title} aside={<Button small look="ghost" icon="close" aria-label={strings.close} onClick={onClose} />}
      note={<span className="sm dim">{strings.diff.from} {from ? <Digest hex={from} /> : strings.diff.inForce} {strings.diff.to} <Digest hex={to} /></span>}>
      <Await resource={resource} retry={reload} skeleton={<Skeleton shape="text" />}>{(value) => <Changes value={value} />}</Await>
    </Card>
  );
}

function Changes({ value }: { value: BundleDifference }) {
  const text = strings.diff;
  const counts = (kind: string): number => value.changes.filter((each) => each.kind === kind).length;
  const same = value.changes.length === 0 && !value.entities_changed && !value.schema_changed;
  if (same) return <p className="mut">{text.none}</p>;
  return (
    <div className="stack">
      <p className="strong">{text.count(counts("added"), counts("removed"), counts("changed"))}{value.entities_changed ? ` ${text.entities}` : ""}{value.schema_changed ? ` ${text.schema}` : ""}</p>
      {value.changes.map((change) => {
        const [was, is] = [policyLines(change.before)[0], policyLines(change.after)[0]];
        const line = is ?? was;
        return (
          <div key={`${change.kind}:${change.policy_id}`} className="stack tight">
            <p className="row">
              <Chip tone={text.tone(change.kind)}>{text.kind(change.kind)}</Chip>
              <span className="mono strong">{change.policy_id}</span>
              {line ? <Chip tone={line.effect === "permit" ? "ok" : "bad"}>{strings.policies.effect[line.effect]}</Chip> : null}
              {line?.gate ? <Chip tone={line.gate === "redact" ? "veil" : "wait"}>{strings.policies.gate(line.gate, line.approvers)}</Chip> : null}
            </p>
            <Scroll className="json difflines" label={change.policy_id}>
              {lineDiff(change.before, change.after).map((each, i) => (
                <span key={i} className={`diffline ${each.kind}`}>
                  {each.kind === "same" ? null : <span className="hush">{each.kind === "before" ? text.before : text.after}: </span>}
                  {each.text || " "}
                </span>
              ))}
            </Scroll>
          </div>
        );
      })}
    </div>
  );
}
