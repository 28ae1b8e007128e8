import type { Answer } from "../api/model";
import type { Problem } from "../api/problem";
import { count, sentence } from "../app/format";
import { Link } from "../app/router";
import { Button } from "../design/Button";
import { Chip } from "../design/Chip";
import { useVerified } from "../receipts/useVerified";
import { strings } from "../strings";

/** Sentences, each with the receipts it stands on. A citation is green once this browser verified it. */
export function AnswerView({ answer, problem, onAsk }: { answer: Answer | null; problem: Problem | null; onAsk: (question: string) => void }) {
  const cited = answer ? [...new Set(answer.sentences.flatMap((sentence) => sentence.citations.map((citation) => citation.receipt_id)))] : [];
  const reports = useVerified(cited);
  if (problem) return <p className="notice bad">{strings.problem(problem.status, problem.code, problem.detail).detail}</p>;
  if (!answer) return <div className="stack tight"><span className="hush">{strings.copilot.thinking}</span><div className="bone w3" /><div className="bone w2" /></div>;
  const good = cited.filter((id) => reports.get(id)?.ok).length;
  return (
    <div className="stack tight answer">
      {answer.abstained ? <Chip tone="wait">{strings.copilot.abstained}</Chip> : null}
      {answer.sentences.map((each, i) => (
        <p key={i}>
          {sentence(each.text)}
          {each.citations.map((citation) => (
            <Link key={citation.receipt_id} className={`cite ${reports.get(citation.receipt_id)?.ok ? "ok" : ""}`} to={`/receipts/${citation.receipt_id}`} title={citation.kind} aria-label={strings.copilot.cites(count(citation.index), citation.kind)}>
              #{count(citation.index)}
            </Link>
          ))}
        </p>
      ))}
      <p className="sm dim">{strings.copilot.verified(count(answer.sentences.length), count(good), count(cited.length))}</p>
      <p className="sm dim">
        {strings.copilot.route(answer.route)}{answer.route_reason ? ` ${sentence(answer.route_reason)}` : ""}
        {answer.receipt_id ? <> · <Link className="link" to={`/receipts/${answer.receipt_id}`}>{strings.copilot.receipt}</Link></> : null}
      </p>
      {answer.suggestions.length > 0 ? <div className="row">{answer.suggestions.map((each) => <Button key={each} small onClick={() => onAsk(each)}>{each}</Button>)}</div> : null}
    </div>
  );
}
