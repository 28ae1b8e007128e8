import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { DevPerson } from "../api/model";
import { Problem } from "../api/problem";
import { useResource } from "../api/resource";
import { useSessions } from "../app/SessionContext";
import { initials } from "../app/format";
import { Link } from "../app/router";
import { Chip } from "../design/Chip";
import { Icon } from "../design/Icon";
import { Await } from "../design/States";
import { swatch } from "../app/TenantSwitcher";
import { strings } from "../strings";

/** The development provider: no password, one press per person and tenant. It exists only where the gateway says so. */
export function SignIn({ expired }: { expired: boolean }) {
  const { resource, reload } = useResource("people", (signal) => api.people(signal));
  const { signIn } = useSessions();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    document.title = `${strings.signIn.title} · ${strings.product}`;
  }, []);
  const enter = (person: DevPerson, tenant: string): void => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    signIn(person.email, tenant).catch((cause: Problem) => {
      setProblem(cause);
      setBusy(false);
    });
  };
  return (
    <div className="gate">
      <aside className="gate-side">
        <p className="brand"><Mark /> {strings.product}</p>
        <div className="stack">
          <p className="pitch">{strings.signIn.pitch}</p>
          <ol className="facts">
            {strings.signIn.facts.map((fact) => <li key={fact}><Icon name="check" /> {fact}</li>)}
          </ol>
        </div>
        <p className="sm"><Link className="link" to="/receipts?view=verify">{strings.signIn.verify}</Link></p>
      </aside>
      <main className="gate-main" id="main">
        <div className="stack">
          <div className="stack tight">
            <h1>{strings.signIn.title}</h1>
            <p className="mut">{expired ? strings.signIn.expired : strings.signIn.lede}</p>
          </div>
          {problem ? <p className="notice bad" role="alert">{problem.message}</p> : null}
          <Await resource={resource} retry={reload}>
            {(value) => (
              <ul className="people" aria-busy={busy}>
                {value.items.map((person) => <Person key={person.email} person={person} enter={enter} />)}
              </ul>
            )}
          </Await>
        </div>
      </main>
    </div>
  );
}

function Person({ person, enter }: { person: DevPerson; enter: (person: DevPerson, tenant: string) => void }) {
  return (
    <li className="card person">
      <span className="avatar lg" aria-hidden="true">{initials(person.name)}</span>
      <div className="stack tight">
        <div>
          <h2>{person.name}</h2>
          <p className="dim sm mono clip">{person.email}</p>
        </div>
        <ul className="stack tight">
          {person.tenants.map((tenant) => (
            <li key={tenant.slug}>
              <button type="button" className="enter" onClick={() => enter(person, tenant.slug)}>
                <i className={swatch(tenant.slug)} />
                <span className="strong">{tenant.name}</span>
                {tenant.roles.map((role) => <Chip key={role}>{strings.role(role)}</Chip>)}
                <Icon name="chevron" className="push" />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </li>
  );
}

/** The product's sign: a leaf joined to its root. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" aria-hidden="true">
      <path d="M12 6.500L6.500 12.500M12 6.500l5.500 6M6.500 14.500v2" />
      <circle cx="12" cy="5" r="2.300" fill="currentColor" stroke="none" />
      <circle cx="17.800" cy="14" r="2.100" />
      <circle cx="6.200" cy="14" r="2.100" />
      <path d="M3.800 19.500l2 2 4-4.200" />
    </svg>
  );
}
