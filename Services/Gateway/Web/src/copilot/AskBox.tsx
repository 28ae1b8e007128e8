import { FormEvent, useId, useState } from "react";
import { api } from "../api/client";
import type { Answer } from "../api/model";
import { Problem } from "../api/problem";
import { Button } from "../design/Button";
import { strings } from "../strings";
import { AnswerView } from "./AnswerView";

interface Props {
  run?: string;
  suggestions: readonly string[];
}

/** A small ask, about one run. */
export function AskBox({ run, suggestions }: Props) {
  const [question, setQuestion] = useState("");
  const [asked, setAsked] = useState<{ question: string; answer: Answer | null; problem: Problem | null } | null>(null);
  const id = useId();
  const ask = (text: string): void => {
    if (!text.trim()) return;
    setAsked({ question: text, answer: null, problem: null });
    api.ask(text, run).then((answer) => setAsked({ question: text, answer, problem: null }), (problem: Problem) => setAsked({ question: text, answer: null, problem }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask(question);
  };
  return (
    <div className="stack">
      <form className="askrow" onSubmit={submit}>
        <label htmlFor={id} className="hush">{strings.copilot.question}</label>
        <input id={id} className="input" value={question} maxLength={500} placeholder={strings.copilot.placeholder} onChange={(event) => setQuestion(event.target.value)} />
        <Button type="submit">{strings.copilot.send}</Button>
      </form>
      {asked ? null : <div className="row">{suggestions.map((each) => <Button key={each} small onClick={() => ask(each)}>{each}</Button>)}</div>}
      <div role="status">
        {asked ? <div className="stack tight"><p className="mut">“{asked.question}”</p><AnswerView answer={asked.answer} problem={asked.problem} onAsk={ask} /></div> : null}
      </div>
    </div>
  );
}
