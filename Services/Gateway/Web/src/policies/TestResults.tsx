import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Icon } from "../design/Icon";
import { strings } from "../strings";
import type { BundleText } from "./draft";

export function TestResults({ draft }: { draft: BundleText }) {
  const text = strings.policyEdit;
  const results = draft.checked?.answer.results ?? [];
  const passed = results.filter((result) => result.passed).length;
  return (
    <Card title={text.tests} aside={results.length > 0 ? <Chip tone={passed === results.length ? "ok" : "bad"}>{text.passed(passed, results.length)}</Chip> : null}>
      {results.length === 0 ? <p className="mut">{text.noTests}</p> : (
        <ul className="stack tight">
          {results.map((result, i) => (
            <li key={i} className={result.passed ? "testline ok" : "testline bad"}>
              <Icon name={result.passed ? "check" : "cross"} />
              <div>
                <p>{result.name}<span className="hush"> {result.passed ? text.pass : text.fail}</span></p>
                {result.passed ? null : <p className="sm wrong">{text.expected(result.expected, result.found)}</p>}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
