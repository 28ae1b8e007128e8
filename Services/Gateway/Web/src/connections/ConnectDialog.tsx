import { useState } from "react";
import { api } from "../api/client";
import type { Connection } from "../api/model";
import { Problem } from "../api/problem";
import { useToast } from "../app/Toasts";
import { label } from "../app/format";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { strings } from "../strings";

/** Secrets go one way: what is set is never shown, what is left empty stays as it is. */
export function ConnectDialog({ connection, onClose, onSaved }: { connection: Connection; onClose: () => void; onSaved: () => void }) {
  const [address, setAddress] = useState(connection.base_url ?? "");
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const toast = useToast();
  const submit = (): void => {
    if (busy) return;
    setBusy(true);
    const filled = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== ""));
    const body = { secrets: filled, ...(address !== (connection.base_url ?? "") ? { base_url: address } : {}) };
    api.putConnection(connection.connector, body).then(
      () => (toast(strings.connections.saved(connection.title)), onSaved()),
      (cause: Problem) => (setBusy(false), setProblem(cause)),
    );
  };
  return (
    <Dialog title={strings.connections.editOne(connection.title)} onClose={onClose} onSubmit={submit}>
      {connection.base_url !== null ? (
        <div className="field">
          <label htmlFor="address">{strings.connections.address}</label>
          <input id="address" className="input mono" type="url" value={address} onChange={(event) => setAddress(event.target.value)} />
        </div>
      ) : null}
      {connection.secrets_needed.map((name) => (
        <div className="field" key={name}>
          <label htmlFor={`secret-${name}`}>{label(name)}</label>
          <input id={`secret-${name}`} className="input mono" type="password" autoComplete="off" value={secrets[name] ?? ""}
            placeholder={connection.secrets_set.includes(name) ? strings.connections.keep : ""} onChange={(event) => setSecrets({ ...secrets, [name]: event.target.value })} />
        </div>
      ))}
      <p className="sm mut">{strings.connections.sealed}</p>
      {problem ? <p className="notice bad" role="alert">{problem.message}</p> : null}
      <div className="actions">
        <Button onClick={onClose}>{strings.cancel}</Button>
        <Button look="pri" type="submit" aria-busy={busy}>{busy ? strings.working : strings.save}</Button>
      </div>
    </Dialog>
  );
}
