import type { Run, Task } from "../api/model";
import { consequences, flowGraph, portsOf } from "../flows/graph";
import { Card } from "../design/Card";
import { Icon } from "../design/Icon";
import { strings } from "../strings";

/** What each answer leads to, read from the very version that runs. */
export function Consequences({ task, run }: { task: Task; run: Run | null }) {
  const graph = run && flowGraph(run.document);
  const ports = graph && task.node ? portsOf(graph, task.node) : [];
  return (
    <Card title={task.kind === "approval" ? strings.task.then : strings.task.ifDone}>
      {graph && task.node && ports.length > 0 ? (
        <dl className="ports">
          {ports.map((port) => (
            <div key={port}>
              <dt>{strings.task.port(port)}</dt>
              <dd>
                {[...(port === "success" ? graph.nodes.filter((node) => node.id === task.node) : []), ...consequences(graph, task.node ?? "", port)].map((node, i) => (
                  <span key={node.id} className="then">
                    {i > 0 ? <Icon name="chevron" size={11} /> : null}
                    <span><b>{node.title}</b> {node.type === "end" ? <span className="dim">{strings.task.ends(node.detail)}</span> : node.detail ? <span className="mono dim">{node.detail}</span> : null}</span>
                  </span>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <p>{task.kind === "approval" ? strings.task.thenGeneric : strings.task.thenTask}</p>
      )}
      <p className="sm mut">{strings.task.receipted}</p>
    </Card>
  );
}
