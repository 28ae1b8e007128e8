import type { RunSummary, Step } from "../api/model";
import { clock, duration, millis, money } from "../app/format";
import { Link } from "../app/router";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Fold } from "../design/Fold";
import { JsonView } from "../design/JsonView";
import type { FlowGraph } from "../flows/graph";
import { strings } from "../strings";
import { StepActions } from "./StepActions";

interface Props {
  run: RunSummary;
  steps: readonly Step[];
  graph: FlowGraph;
  open: number | null;
  onChange: () => void;
}

/** Every step with what went in and what came out; the graph in words. */
export function Steps({ run, steps, graph, open, onChange }: Props) {
  return (
    <Card flush title={strings.run.steps} note={<span className="dim sm">{strings.run.stepCount(steps.length, run.ended_at !== null)}</span>}>
      {steps.map((step, i) => (
        <Fold key={`${step.seq}:${open === step.seq}`} id={`step-${step.seq}`} open={open === step.seq}
          title={<><span className="mono dim">{i + 1}</span> <b>{step.title || step.node}</b> <span className="dim sm">{strings.node(step.type)}</span></>}
          aside={<Chip tone={strings.step.chip(step.state)}>{strings.step.state(step.state)}</Chip>}>
          <div className="stack">
            <dl className="kv sm">
              <dt>{strings.run.began}</dt><dd>{clock(step.started_at)}{step.ended_at ? ` · ${duration(millis(step.ended_at) - millis(step.started_at))}` : ""}</dd>
              {step.cost && step.cost.micros > 0 ? <><dt>{strings.run.cost}</dt><dd>{money(step.cost)}</dd></> : null}
              {step.port ? <><dt>{strings.run.leftBy}</dt><dd className="mono">{step.port}</dd></> : null}
              {step.attempt > 1 ? <><dt>{strings.run.attempt}</dt><dd>{step.attempt}</dd></> : null}
              {step.error ? <><dt>{strings.run.error}</dt><dd className="wrong">{step.error}</dd></> : null}
              {step.decision_id ? <><dt>{strings.explain.one}</dt><dd><Link className="link" to={`/decisions/${step.decision_id}`}>{strings.policies.explainWhy}</Link></dd></> : null}
              {step.task_id ? <><dt>{strings.run.task}</dt><dd><Link className="link" to={`/inbox?item=${step.task_id}`}>{strings.run.openTask}</Link></dd></> : null}
              {step.receipt_ids.length > 0 ? <><dt>{strings.nav.receipts}</dt><dd className="row">{step.receipt_ids.map((id) => (id ? <Link key={id} className="link mono" to={`/receipts/${id}`}>{id.slice(-8)}</Link> : null))}</dd></> : null}
            </dl>
            <div className="two">
              <div className="stack tight"><h3>{strings.run.input}</h3><JsonView value={step.input} label={strings.run.input} /></div>
              <div className="stack tight"><h3>{strings.run.output}</h3><JsonView value={step.output} label={strings.run.output} /></div>
            </div>
            <StepActions run={run} step={step} graph={graph} onDone={onChange} />
          </div>
        </Fold>
      ))}
    </Card>
  );
}
