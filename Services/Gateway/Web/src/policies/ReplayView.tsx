import { useState } from "react";
import type { ReplayExample, ReplayReport, VerdictWord } from "../api/model";
import { When } from "../app/When";
import { count, sentence } from "../app/format";
import { Link } from "../app/router";
import { Button } from "../design/Button";
import { Chip } from "../design/Chip";
import { Icon } from "../design/Icon";
import { Scroll } from "../design/Scroll";
import { strings } from "../strings";
import { MatrixCell, coverage, examples, matrix } from "./replay";

type Chosen = { before: VerdictWord; after: VerdictWord } | null;

/** Coverage first: what cannot be replayed and why, before what would have been. */
export function ReplayView({ report }: { report: ReplayReport }) {
  const [chosen, setChosen] = useState<Chosen>(null);
  const covered = coverage(report);
  const text = strings.replay;
  const shown = examples(report, chosen);
  if (covered.decisions === 0) return <p className="mut">{text.nothing}</p>;
  return (
    <div className="stack">
      <div className="stack tight">
        <h3>{text.coverage}</h3>
        <div className="coverage">
          <progress max={covered.decisions} value={covered.replayed} aria-label={text.coverage} />
          <span className="strong">{text.covered(count(covered.replayed), count(covered.decisions), covered.percent)}</span>
        </div>
        <p className="sm mut">{covered.how.map(([name, n]) => text.how(name, count(n))).join(" · ")}</p>
        {covered.gaps.map(([name, n]) => <p key={name} className="sm gapline"><Icon name="warn" size={12} /> {text.gap(name, count(n))}</p>)}
      </div>
      <p className="verdictline">{sentence(report.sentence)}</p>
      <div className="replaygrid">
        <Matrix report={report} chosen={chosen} onChoose={setChosen} />
        <div className="stack tight">
          <h3>{text.examples}</h3>
          {chosen ? <p><Button small look="ghost" onClick={() => setChosen(null)}>{text.allExamples}</Button></p> : null}
          {shown.length === 0 ? <p className="mut">{text.same}</p> : <ul className="stack tight">{shown.map((each) => <Example key={each.decision} example={each} />)}</ul>}
        </div>
      </div>
    </div>
  );
}

function Matrix({ report, chosen, onChoose }: { report: ReplayReport; chosen: Chosen; onChoose: (chosen: Chosen) => void }) {
  const { words, rows } = matrix(report.matrix);
  const text = strings.replay;
  return (
    <Scroll label={text.matrix}>
      <table className="matrix">
        <caption>{text.matrix}</caption>
        <thead>
          <tr><th scope="col"><span className="hush">{text.was}</span></th>{words.map((word) => <th key={word} scope="col" className="num">{strings.policies.word(word)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={words[i]}>
              <th scope="row">{strings.policies.word(words[i])}</th>
              {row.map((cell) => <Cell key={cell.after} cell={cell} chosen={chosen?.before === cell.before && chosen.after === cell.after} onChoose={onChoose} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Cell({ cell, chosen, onChoose }: { cell: MatrixCell; chosen: boolean; onChoose: (chosen: Chosen) => void }) {
  const text = strings.replay;
  if (cell.count === 0) return <td className="num dim">0</td>;
  if (cell.shift === "same") return <td className="num">{count(cell.count)}</td>;
  return (
    <td className="num">
      <button type="button" className={`cell ${cell.shift}`} aria-pressed={chosen} onClick={() => onChoose(chosen ? null : { before: cell.before, after: cell.after })}
        aria-label={text.cell(strings.policies.word(cell.before), strings.policies.word(cell.after), count(cell.count))}>
        <b>{count(cell.count)}</b> <span className="xs">{cell.shift === "looser" ? text.looser : text.tighter}</span>
      </button>
      {cell.conditional > 0 ? <span className="xs dim" title={text.conditionalHint}>{text.conditional(count(cell.conditional))}</span> : null}
    </td>
  );
}

function Example({ example }: { example: ReplayExample }) {
  return (
    <li className="example">
      <p className="row">
        <Chip tone={strings.policies.wordTone(example.before)}>{strings.policies.word(example.before)}</Chip>
        <Icon name="chevron" size={11} />
        <Chip tone={strings.policies.wordTone(example.after)}>{strings.policies.word(example.after)}</Chip>
        <span className="push dim sm"><When time={example.time} ago /></span>
      </p>
      <p className="sm"><Link className="link mono" to={`/decisions/${example.decision}`}>{example.action}</Link> <span className="dim wrap">{example.principal}</span></p>
    </li>
  );
}
