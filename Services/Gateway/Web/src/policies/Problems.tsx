import type { PolicyProblem } from "../api/model";
import { Card } from "../design/Card";
import { Icon } from "../design/Icon";
import { strings } from "../strings";
import { BundleText, CheckState } from "./draft";

/** Everything that is wrong, with the advice; the editor shows the same at the line. */
export function Problems({ draft, state, onGo }: { draft: BundleText; state: CheckState; onGo: (problem: PolicyProblem) => void }) {
  const text = strings.policyEdit;
  const problems = draft.checked?.answer.problems ?? [];
  return (
    <Card title={text.problems} tone={problems.length > 0 ? "bad" : state === "good" ? "ok" : undefined}>
      <div id="policy-problems" className="stack tight" role="status">
        {problems.length === 0 ? <p className="mut">{state === "unheard" ? text.unheard : state === "checking" ? text.checking : text.noProblems}</p> : null}
        <ul className="stack tight">
          {problems.map((problem, i) => (
            <li key={i} className="problem error">
              <Icon name="cross" />
              <div className="stack tight">
                <p>{problem.policy_id ? <b className="mono sm">{problem.policy_id} </b> : null}{problem.message}</p>
                {problem.fix && !problem.message.includes(problem.fix) ? <p className="sm mut">{problem.fix}</p> : null}
                {problem.line > 0
                  ? <p><button type="button" className="golink mono xs" title={text.go(problem.line)} onClick={() => onGo(problem)}>{text.place(problem.source, problem.line, problem.column)}</button></p>
                  : <p className="mono xs dim">{problem.source}</p>}
              </div>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
