import { FormEvent, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import type { Answer } from "../api/model";
import { Problem } from "../api/problem";
import { Page } from "../app/Page";
import { navigate, useRoute } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { strings } from "../strings";
import { AnswerView } from "./AnswerView";

interface Turn {
  question: string;
  answer: Answer | null;
  problem: Problem | null;
}

export function CopilotPage() {
  const route = useRoute();
  const run = route.query.get("run") ?? undefined;
  const first = route.query.get("q");
  const [question, setQuestion] = useState("");
  const [turns, setTurns] = useState<Turn[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const ask = (text: string): void => {
    const words = text.trim();
    if (!words) return;
    const turn: Turn = { question: words, answer: null, problem: null };
    setQuestion("");
    setTurns((previous) => [turn, ...previous]);
    const settle = (done: Partial<Turn>): void => setTurns((previous) => previous.map((each) => (each === turn ? { ...each, ...done } : each)));
    api.ask(words, run).then((answer) => settle({ answer }), (problem: Problem) => settle({ problem }));
  };
  useEffect(() => {
    if (!first) {
      input.current?.focus();
      return;
    }
    // Asked once: the question leaves the address, so that a reload does not ask again.
    navigate(run ? `/copilot?run=${run}` : "/copilot", { replace: true });
    ask(first);
  }, [first]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask(question);
  };
  return (
    <Page title={strings.nav.copilot} chips={run ? <Chip tone="acc">{strings.copilot.about} <span className="mono">{run.slice(-8)}</span></Chip> : null}>
      <div className="stack narrow">
        <p className="lede">{strings.copilot.lede}</p>
        <form className="askrow" onSubmit={submit}>
          <label htmlFor="question" className="hush">{strings.copilot.question}</label>
          <input id="question" ref={input} className="input large" value={question} maxLength={500} placeholder={strings.copilot.placeholder} onChange={(event) => setQuestion(event.target.value)} />
          <Button look="pri" type="submit">{strings.copilot.send}</Button>
        </form>
        <div className="row">
          {strings.copilot.suggestions.map((each) => <Button key={each} small onClick={() => ask(each)}>{each}</Button>)}
        </div>
        <div className="stack" aria-live="polite">
          {turns.map((turn, i) => <Card key={turns.length - i} title={turn.question}><AnswerView answer={turn.answer} problem={turn.problem} onAsk={ask} /></Card>)}
        </div>
      </div>
    </Page>
  );
}
