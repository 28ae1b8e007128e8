import type { ExplainedPolicy } from "../api/model";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Fold } from "../design/Fold";
import { Scroll } from "../design/Scroll";
import { strings } from "../strings";
import { indentClass, stepTone } from "./trace";

/** Those that decided are open; the others say in a line why they had no part in it. */
export function ExplainedPolicies({ policies }: { policies: readonly ExplainedPolicy[] }) {
  const text = strings.explain;
  return (
    <Card flush title={text.policies}>
      {policies.map((policy) => (
        <Fold key={policy.policy_id} open={policy.determining}
          title={<><span className="mono strong">{policy.policy_id}</span>{policy.determining ? <Chip tone="acc">{text.decided}</Chip> : null}</>}
          aside={<><Chip tone={policy.effect === "permit" ? "ok" : "bad"}>{strings.policies.effect[policy.effect]}</Chip><Chip tone={text.outcomeTone(policy.outcome, policy.effect)}>{text.outcome(policy.outcome)}</Chip></>}>
          <One policy={policy} />
        </Fold>
      ))}
    </Card>
  );
}

function One({ policy }: { policy: ExplainedPolicy }) {
  const text = strings.explain;
  return (
    <div className="stack tight">
      <p className="wrap">{policy.sentence}</p>
      {policy.because.map((each) => <p key={each} className={policy.outcome === "error" ? "sm wrong" : "sm mut"}>{each}</p>)}
      {policy.decisive ? <p className="sm"><b>{text.decisive}:</b> <span className="mono wrap">{policy.decisive.text}</span>{policy.decisive.line > 0 ? <span className="dim"> {text.line(policy.decisive.line)}</span> : null}</p> : null}
      {policy.steps.length > 0 ? (
        <Scroll label={text.trace}>
          <table className="trace">
            <caption className="hush">{text.trace}</caption>
            <thead><tr><th scope="col">{text.part}</th><th scope="col">{text.came}</th></tr></thead>
            <tbody>
              {policy.steps.map((step, i) => (
                <tr key={i}>
                  <td><span className={`mono wrap ${indentClass(step.depth)}`}>{step.text}</span></td>
                  <td><span className={`mono wrap ${stepTone(step)}`}>{text.step(step.outcome, step.result)}</span></td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
      {policy.steps_cut ? <p className="sm dim">{text.cut}</p> : null}
    </div>
  );
}
