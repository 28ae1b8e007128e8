import { useState } from "react";
import { api } from "../api/client";
import type { Connection, Operation } from "../api/model";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { money } from "../app/format";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Fold } from "../design/Fold";
import { Await, Empty } from "../design/States";
import { strings } from "../strings";
import { ConnectDialog } from "./ConnectDialog";

export function ConnectionsPage() {
  const session = useSession();
  const { resource, reload } = useResource(`connections:${session.tenant.id}`, (signal) => api.connections(signal));
  const operations = useResource("operations", (signal) => api.operations(signal)).resource;
  const [editing, setEditing] = useState<Connection | null>(null);
  return (
    <Page title={strings.nav.connections}>
      <div className="stack">
        <p className="lede">{strings.connections.lede}</p>
        <Await resource={resource} retry={reload}>
          {({ items }) => items.length === 0 ? <Card title={strings.nav.connections}><Empty icon="connections" title={strings.connections.none} /></Card> : (
            <div className="tiles">
              {items.map((connection) => (
                <One key={connection.connector} connection={connection} edit={() => setEditing(connection)}
                  operations={operations.status === "ready" ? operations.value.items.filter((each) => each.connector === connection.connector) : []} />
              ))}
            </div>
          )}
        </Await>
      </div>
      {editing ? <ConnectDialog connection={editing} onClose={() => setEditing(null)} onSaved={() => (setEditing(null), reload())} /> : null}
    </Page>
  );
}

function One({ connection, operations, edit }: { connection: Connection; operations: Operation[]; edit: () => void }) {
  const admin = useSession().roles.includes("admin");
  const missing = connection.secrets_needed.filter((name) => !connection.secrets_set.includes(name));
  return (
    <Card title={connection.title} note={<span className="dim sm">v{connection.version}</span>}
      aside={<Chip tone={strings.connections.tone(connection.health)}>{strings.connections.health(connection.health)}</Chip>}
      footer={<Button small blocked={admin ? null : strings.connections.adminOnly} onClick={edit} aria-label={strings.connections.editOne(connection.title)}>{missing.length > 0 ? strings.connections.connect : strings.connections.edit}</Button>}>
      <div className="stack tight">
        {connection.reason ? <p>{connection.reason}</p> : null}
        <dl className="kv sm">
          {connection.base_url ? <><dt>{strings.connections.address}</dt><dd className="mono">{connection.base_url}</dd></> : null}
          <dt>{strings.connections.hosts}</dt><dd className="mono">{connection.hosts.join(", ") || strings.connections.noHosts}</dd>
          <dt>{strings.connections.secrets}</dt>
          <dd className="row">
            {connection.secrets_needed.length === 0 ? strings.connections.noSecrets : connection.secrets_needed.map((name) => {
              const set = connection.secrets_set.includes(name);
              return <Chip key={name} tone={set ? "ok" : "wait"} icon={set ? "check" : undefined}>{name} · {set ? strings.connections.set : strings.connections.notSet}</Chip>;
            })}
          </dd>
        </dl>
        {operations.length > 0 ? (
          <Fold title={strings.connections.operations(operations.length)}>
            <ul className="stack tight">
              {operations.map((operation) => (
                <li key={operation.name}>
                  <p className="row"><span className="mono sm">{operation.name}</span>{operation.cost && operation.cost.micros > 0 ? <span className="push"><Chip tone="cost">{money(operation.cost)}</Chip></span> : null}</p>
                  <p className="sm dim">{operation.title} · {strings.connections.idempotency(operation.idempotency)}</p>
                </li>
              ))}
            </ul>
          </Fold>
        ) : null}
      </div>
    </Card>
  );
}
