import type { Step } from "../api/model";
import { useNow } from "../app/clock";
import { duration, rough } from "../app/format";
import { strings } from "../strings";
import { bars } from "./stepStates";

/** One bar per step on one axis. Numbers stand beside the bars, so that colour and length carry nothing alone. */
export function Timeline({ steps, ended, onStep }: { steps: readonly Step[]; ended: string | null; onStep: (seq: number) => void }) {
  const now = useNow();
  const { bars: all } = bars(steps, ended ? Date.parse(ended) : now);
  return (
    <ol className="timeline">
      {all.map(({ step, start, width, ms, open }) => (
        <li key={step.seq}>
          <button type="button" className="plainlink clip" title={step.title || step.node} onClick={() => onStep(step.seq)}>{step.title || step.node}</button>
          <svg className={`track ${strings.step.tone(step.state)}`} height="12" width="100%" aria-hidden="true">
            <rect className="rail" width="100%" height="12" rx="3" />
            <rect x={`${Math.min(99.2, start * 100)}%`} width={`${Math.max(0.8, width * 100)}%`} height="12" rx="3" />
          </svg>
          <span className="num sm dim nowrap">{open ? strings.step.soFar(rough(ms)) : duration(ms)}</span>
        </li>
      ))}
    </ol>
  );
}
