import { api } from "../api/client";
import type { InboxItem } from "../api/model";
import { useResource } from "../api/resource";
import { When } from "../app/When";
import { Link } from "../app/router";
import { Button } from "../design/Button";
import { Chip } from "../design/Chip";
import { Await, Skeleton } from "../design/States";
import { strings } from "../strings";
import { TaskDetail } from "./TaskDetail";

interface Props {
  item: InboxItem;
  back: (() => void) | null;
  onDone: () => void;
}

/** A task of any kind, or a notice (anomaly, failed run) that links to where it can be acted on. */
export function ItemDetail({ item, back, onDone }: Props) {
  const backButton = back ? <p><Button small icon="back" onClick={back}>{strings.inbox.back}</Button></p> : null;
  return (
    <div className="stack">
      {backButton}
      {item.task_id ? <TaskLoader id={item.task_id} onDone={onDone} /> : <Notice item={item} />}
    </div>
  );
}

function TaskLoader({ id, onDone }: { id: string; onDone: () => void }) {
  const { resource, reload } = useResource(`task:${id}`, (signal) => api.task(id, signal), ["task."]);
  return (
    <Await resource={resource} retry={reload} skeleton={<Skeleton shape="text" />}>
      {(task) => <TaskDetail task={task} onDone={onDone} reload={reload} />}
    </Await>
  );
}

function Notice({ item }: { item: InboxItem }) {
  const anomaly = item.kind === "anomaly";
  return (
    <>
      <div className="stack tight">
        <p><Chip tone={anomaly ? "cost" : item.kind === "failed-run" ? "bad" : "plain"}>{strings.inbox.kind(item.kind)}</Chip></p>
        <h2 className="title">{item.title}</h2>
        <p className="mut">{item.summary}</p>
        <p className="sm dim">{strings.inbox.since} <When time={item.created_at} ago /></p>
      </div>
      <div className="row">
        {item.run_id ? <Link className="btn pri" to={`/runs/${item.run_id}`}>{strings.inbox.openRun}</Link> : null}
        {anomaly ? <Link className={item.run_id ? "btn" : "btn pri"} to="/costs">{strings.inbox.openCosts}</Link> : null}
      </div>
    </>
  );
}
