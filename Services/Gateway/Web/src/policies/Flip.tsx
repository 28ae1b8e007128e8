import type { Decision, Explanation } from "../api/model";
import { duration } from "../app/format";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { strings } from "../strings";

/** What stands between the request and its permission, and who may open it. */
export function Gates({ gates }: { gates: Decision["gates"] }) {
  const text = strings.explain;
  if (gates.length === 0) return null;
  return (
    <Card title={text.gates} tone="wait">
      <ul className="stack tight">
        {gates.map((gate) => (
          <li key={gate.policy_id} className="stack tight">
            <p className="row"><span className="mono sm">{gate.policy_id}</span><Chip tone={gate.gate === "redact" ? "veil" : "wait"}>{strings.policies.gate(gate.gate, gate.role)}</Chip></p>
            <p className="sm mut">{gate.gate === "redact" ? text.redacts : text.approver(strings.role(gate.role), gate.quorum)}{gate.ttl_seconds > 0 ? `; ${text.holds(duration(gate.ttl_seconds * 1000))}` : ""}.</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function Flip({ value }: { value: Explanation }) {
  const text = strings.explain;
  return (
    <Card title={text.flip}>
      {value.changes.length === 0 || !value.changed_to ? <p className="mut">{text.noFlip}</p> : (
        <div className="stack tight">
          <p className="sm mut">{text.flipTo(value.changed_to)}</p>
          <ul className="stack tight">{value.changes.map((change) => <li key={change} className="mono sm wrap">{change}</li>)}</ul>
        </div>
      )}
    </Card>
  );
}
