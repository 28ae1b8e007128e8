import type { FlowProblem } from "../api/model";
import { Card } from "../design/Card";
import { Icon } from "../design/Icon";
import { strings } from "../strings";
import type { DraftState } from "./draft";
import type { JsonPlaces } from "./pointers";

/** Every problem with its node, its port and the repair; the editor shows the same at the line. */
export function ProblemList({ problems, syntax, state }: { problems: readonly FlowProblem[]; syntax: JsonPlaces["error"]; state: DraftState }) {
  return (
    <Card title={strings.flows.problems} tone={state === "errors" || state === "syntax" ? "bad" : undefined}>
      <div id="flow-problems" className="stack tight">
        {syntax ? <p className="problem error"><Icon name="cross" /><span><b>{strings.flows.line(syntax.line + 1)}</b> {strings.flows.syntax(syntax.reason)}</span></p> : null}
        {!syntax && problems.length === 0 ? <p className="mut">{state === "checking" ? strings.flows.checking : strings.flows.noProblems}</p> : null}
        <ul className="stack tight">
          {problems.map((problem, i) => (
            <li key={i} className={`problem ${problem.severity}`}>
              <Icon name={problem.severity === "error" ? "cross" : "warn"} />
              <div>
                <p><b>{problem.node || strings.flows.wholeDocument}{problem.port ? ` · ${problem.port}` : ""}</b> {problem.message}</p>
                {problem.fix ? <p className="sm mut">{problem.fix}</p> : null}
                <p className="mono xs dim wrap">{problem.pointer || "/"}</p>
              </div>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
