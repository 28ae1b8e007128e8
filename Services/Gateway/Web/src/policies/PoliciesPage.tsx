import { KeyboardEvent, useRef } from "react";
import { api } from "../api/client";
import type { PolicyBundle } from "../api/model";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { When } from "../app/When";
import { Link, navigate, useRoute, withQuery } from "../app/router";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { Await, Empty, Skeleton } from "../design/States";
import { strings } from "../strings";
import { Decisions } from "./Decisions";
import { Editor } from "./Editor";
import { History } from "./History";
import { Proposals } from "./Proposals";
import { policyLines } from "./cedarList";

const tabs = ["decisions", "edit", "history", "proposals"] as const;
type Tab = (typeof tabs)[number];

export function PoliciesPage() {
  const session = useSession();
  const route = useRoute();
  const asked = route.query.get("tab") as Tab;
  const tab = tabs.includes(asked) ? asked : "decisions";
  const { resource, reload } = useResource(`policies:${session.tenant.id}`, (signal) => api.policies(signal), ["policy."]);
  return (
    <Page title={strings.nav.policies} chips={resource.status === "ready" ? <Chip>{strings.policies.count(policyLines(resource.value.policies).length)}</Chip> : null}>
      <div className="stack">
        <p className="lede">{strings.policies.lede}</p>
        <Tabs tab={tab} />
        {tab === "decisions" ? (
          <div className="withside" role="tabpanel" aria-labelledby="tab-decisions">
            <Decisions />
            {resource.status === "failed" && resource.problem.status === 404
              ? <Card title={strings.policies.inForce}><Empty icon="policies" title={strings.policies.nothingInForce}><p>{strings.policies.nothingInForceText}</p></Empty></Card>
              : <Await resource={resource} retry={reload} skeleton={<Skeleton shape="block" />}>{(bundle) => <InForce bundle={bundle} />}</Await>}
          </div>
        ) : null}
        {tab === "edit" ? <div role="tabpanel" aria-labelledby="tab-edit"><Editor /></div> : null}
        {tab === "history" ? <div role="tabpanel" aria-labelledby="tab-history"><History /></div> : null}
        {tab === "proposals" ? <div role="tabpanel" aria-labelledby="tab-proposals"><Proposals /></div> : null}
      </div>
    </Page>
  );
}

/** Arrow keys go from tab to tab, as the pattern of tabs promises. */
function Tabs({ tab }: { tab: Tab }) {
  const route = useRoute();
  const list = useRef<HTMLDivElement>(null);
  const choose = (next: Tab): void => navigate(withQuery(route, { tab: next === "decisions" ? null : next, verdict: null, from: null, to: null, edit: null }));
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    choose(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div ref={list} className="seg tabs" role="tablist" aria-label={strings.policies.tabs.label} onKeyDown={press}>
      {tabs.map((each) => (
        <button key={each} id={`tab-${each}`} type="button" role="tab" aria-selected={tab === each} tabIndex={tab === each ? 0 : -1} onClick={() => choose(each)}>
          {strings.policies.tabs[each]}
        </button>
      ))}
    </div>
  );
}

function InForce({ bundle }: { bundle: PolicyBundle }) {
  return (
    <Card title={strings.policies.inForce} note={<span className="dim sm">{bundle.name}</span>}>
      <div className="stack">
        <dl className="kv sm">
          <dt>{strings.policies.digest}</dt><dd><Digest hex={bundle.digest} /></dd>
          <dt>{strings.policies.since}</dt><dd><When time={bundle.created_at} ago /> · {bundle.author}</dd>
        </dl>
        <ul className="stack tight">
          {policyLines(bundle.policies).map((policy, i) => (
            <li key={i} className="row">
              <span className="mono sm wrap">{policy.id}</span>
              <span className="push row">
                {policy.gate ? <Chip tone={policy.gate === "redact" ? "veil" : "wait"}>{strings.policies.gate(policy.gate, policy.approvers)}</Chip> : null}
                <Chip tone={policy.effect === "permit" ? "ok" : "bad"}>{strings.policies.effect[policy.effect]}</Chip>
              </span>
            </li>
          ))}
        </ul>
        <p><Link className="link sm" to="/policies?tab=edit">{strings.policyHistory.open}</Link></p>
      </div>
    </Card>
  );
}
