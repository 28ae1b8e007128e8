import type { ReactNode } from "react";
import type { Problem } from "../api/problem";
import type { Resource } from "../api/resource";
import { strings } from "../strings";
import { Button } from "./Button";
import { Icon, IconName } from "./Icon";

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <p className="strong">{title}</p>
      {children ? <div className="stack tight">{children}</div> : null}
    </div>
  );
}

/** Says what went wrong, whether trying again can help, and the id that support asks for. */
export function Failure({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const text = strings.problem(problem.status, problem.code, problem.detail);
  return (
    <div className="empty" role="alert">
      <Icon name="warn" size={28} />
      <p className="strong">{text.title}</p>
      <p>{text.detail}</p>
      {problem.traceID ? <p className="sm dim">{strings.trace} <span className="mono">{problem.traceID}</span></p> : null}
      {retry && text.retry ? <Button onClick={retry}>{strings.tryAgain}</Button> : null}
    </div>
  );
}

/** Bones of the size that the content will have. */
export function Skeleton({ shape = "rows" }: { shape?: "rows" | "block" | "text" }) {
  const widths = shape === "text" ? ["w3", "w2", "w1"] : ["", "", "", "", ""];
  return (
    <div className="pad stack tight" role="status">
      <span className="hush">{strings.loading}</span>
      {shape === "block" ? <div className="bone block" /> : widths.map((width, i) => <div key={i} className={`bone ${width} ${shape === "rows" ? "tall" : ""}`} />)}
    </div>
  );
}

/** The three ways a thing can be, so that no page forgets one. */
export function Await<T>({ resource, retry, skeleton, children }: {
  resource: Resource<T>;
  retry: () => void;
  skeleton?: ReactNode;
  children: (value: T) => ReactNode;
}) {
  if (resource.status === "loading") return <>{skeleton ?? <Skeleton />}</>;
  if (resource.status === "failed") return <Failure problem={resource.problem} retry={retry} />;
  return (
    <>
      {resource.problem ? <p className="staleness" role="status">{strings.stale}</p> : null}
      {children(resource.value)}
    </>
  );
}
