import { useState } from "react";
import { api } from "../api/client";
import type { Activation, BundleSummary } from "../api/model";
import { Problem } from "../api/problem";
import { useResource } from "../api/resource";
import { usePages } from "../api/usePages";
import { useSession } from "../app/SessionContext";
import { useToast } from "../app/Toasts";
import { When } from "../app/When";
import { useNow } from "../app/clock";
import { Link, navigate, useRoute, withQuery } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { Scroll } from "../design/Scroll";
import { Await, Empty } from "../design/States";
import { strings } from "../strings";
import { ActivateDialog } from "./ActivateDialog";
import { Difference } from "./Difference";
import { Rules } from "./Rules";
import { ShadowCard } from "./ShadowCard";
import { mayDecide, standing, wereInForce } from "./rollbacks";

const topics = ["policy."];

/** What is stored, what came into force by whom, and what waits for a second person. */
export function History() {
  const session = useSession();
  const route = useRoute();
  const bundles = usePages(`bundles:${session.tenant.id}`, (cursor, signal) => api.bundles(cursor, signal), topics);
  const activations = usePages(`activations:${session.tenant.id}`, (cursor, signal) => api.activations(cursor, signal), topics);
  const shadow = useResource(`shadow:${session.tenant.id}`, (signal) => api.shadow(signal), topics);
  const reload = (): void => (bundles.reload(), activations.reload(), shadow.reload());
  const to = route.query.get("to");
  const history = activations.resource.status === "ready" ? activations.resource.value : [];
  const names = new Map((bundles.resource.status === "ready" ? bundles.resource.value : []).map((each) => [each.digest, each.name]));
  return (
    <div className="stack">
      <Waiting history={history} reload={reload} />
      {to ? <Difference key={`${route.query.get("from")}:${to}`} from={route.query.get("from")} to={to} onClose={() => navigate(withQuery(route, { from: null, to: null }))} /> : null}
      <div className="withside">
        <div className="stack">
          <Card flush title={strings.policyHistory.bundles}>
            <Await resource={bundles.resource} retry={bundles.reload}>
              {(items) => items.length === 0 ? <Empty icon="policies" title={strings.policyHistory.noBundles} /> : <Bundles items={items} history={history} reload={reload} />}
            </Await>
            {bundles.more ? <p className="pad"><Button onClick={bundles.more}>{strings.more}</Button></p> : null}
          </Card>
          <Card flush title={strings.policyHistory.activations}>
            <Await resource={activations.resource} retry={activations.reload}>
              {(items) => items.length === 0 ? <p className="pad mut">{strings.policyHistory.noActivations}</p> : <ol>{items.map((each) => <Entry key={each.id} entry={each} name={each.digest ? names.get(each.digest) ?? "" : ""} />)}</ol>}
            </Await>
            {activations.more ? <p className="pad"><Button onClick={activations.more}>{strings.more}</Button></p> : null}
          </Card>
        </div>
        <div className="stack">
          <Rules reload={reload} />
          <Await resource={shadow.resource} retry={shadow.reload}>{(value) => <ShadowCard shadow={value} reload={reload} />}</Await>
        </div>
      </div>
    </div>
  );
}

/** Says what was refused; the lists are asked again either way. */
function useAct(reload: () => void): (act: () => Promise<string>) => void {
  const toast = useToast();
  return (act) => {
    act().then(toast, (cause: unknown) => {
      if (!(cause instanceof Problem)) throw cause;
      toast(strings.problem(cause.status, cause.code, cause.detail).detail);
    }).finally(reload);
  };
}

function Waiting({ history, reload }: { history: readonly Activation[]; reload: () => void }) {
  const session = useSession();
  const act = useAct(reload);
  const text = strings.policyHistory;
  const may = session.roles.some((role) => role === "admin" || role === "change-approver");
  const decide = (each: Activation, approve: boolean): void =>
    act(async () => {
      await api.decideActivation(each.id, approve);
      return approve ? text.approved : text.rejected;
    });
  return (
    <>
      {history.filter((each) => each.state === "awaiting-approval").map((each) => {
        const blocked = !may ? text.notYours : mayDecide(each, session.principal) ? null : text.same;
        return (
          <Card key={each.id} tone="wait" title={text.waits} note={<span className="dim sm">{text.proposed(each.proposed_by)} <When time={each.proposed_at} ago /></span>}
            aside={(
              <>
                {each.digest ? <Link className="btn small" to={`/policies?tab=history&to=${each.digest}`}>{text.compare}</Link> : null}
                <Button small blocked={may ? null : text.notYours} onClick={() => decide(each, false)}>{text.reject}</Button>
                <Button small look="pri" blocked={blocked} onClick={() => decide(each, true)}>{text.approve}</Button>
              </>
            )}>
            <p>{text.kind(each.kind)} {each.digest ? <Digest hex={each.digest} /> : null}</p>
            {each.note ? <p className="mut">{each.note}</p> : null}
            {blocked ? <p className="sm mut" role="note">{blocked}</p> : null}
          </Card>
        );
      })}
    </>
  );
}

function Bundles({ items, history, reload }: { items: readonly BundleSummary[]; history: readonly Activation[]; reload: () => void }) {
  const session = useSession();
  const now = useNow();
  const act = useAct(reload);
  const [asked, setAsked] = useState<{ digest: string; rollback: boolean } | null>(null);
  const admin = session.roles.includes("admin");
  const text = strings.policyHistory;
  const before = wereInForce(history, items.find((each) => each.active)?.digest ?? null);
  const shadow = (digest: string): void => act(async () => (await api.setShadow(digest), text.standing("shadow")));
  return (
    <>
      <Scroll label={text.bundles}>
        <table>
          <caption className="hush">{text.bundles}</caption>
          <thead><tr><th scope="col">{strings.policies.digest}</th><th scope="col">{strings.cols.state}</th><th scope="col">{text.author}</th><th scope="col">{text.expires}</th><th scope="col"><span className="hush">{strings.cols.action}</span></th></tr></thead>
          <tbody>
            {items.map((each) => {
              const where = standing(each, now);
              return (
                <tr key={each.digest}>
                  <td className="nowrap"><span className="strong">{each.name}</span><br /><Digest hex={each.digest} /></td>
                  <td><Chip tone={text.standingTone(where)}>{text.standing(where)}</Chip>{each.shadow && where !== "shadow" ? <Chip tone="veil">{text.standing("shadow")}</Chip> : null}</td>
                  <td className="sm"><span>{each.author}</span><br /><span className="dim"><When time={each.created_at} ago /></span></td>
                  <td className="sm dim">{each.expires_at ? <When time={each.expires_at} /> : text.never}</td>
                  <td>
                    <span className="row end">
                      {each.active ? null : <Link className="btn small ghost" title={text.compareWith} to={`/policies?tab=history&to=${each.digest}`}>{text.compare}</Link>}
                      <Link className="btn small ghost" to={`/policies?tab=edit&edit=${each.digest}`}>{text.open}</Link>
                      {admin && !each.active && !each.shadow ? <Button small look="ghost" onClick={() => shadow(each.digest)}>{text.shadow}</Button> : null}
                      {admin && !each.active ? <Button small onClick={() => setAsked({ digest: each.digest, rollback: before.has(each.digest) })}>{before.has(each.digest) ? text.rollback : text.activate}</Button> : null}
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      {asked ? <ActivateDialog {...asked} onClose={() => setAsked(null)} onDone={reload} /> : null}
    </>
  );
}

function Entry({ entry, name }: { entry: Activation; name: string }) {
  const text = strings.policyHistory;
  return (
    <li className="entry">
      <p className="row">
        <Chip tone={text.tone(entry.state)}>{text.state(entry.state)}</Chip>
        <span className="strong">{name || text.kind(entry.kind)}</span>
        {entry.kind !== "bundle" && name ? <Chip>{text.kind(entry.kind)}</Chip> : null}
        {entry.digest ? <Digest hex={entry.digest} /> : null}
        <span className="push dim sm"><When time={entry.decided_at ?? entry.proposed_at} ago /></span>
      </p>
      {entry.note ? <p className="sm">{entry.note}</p> : null}
      <p className="sm dim row">
        <span>{text.proposed(entry.proposed_by)}{entry.decided_by && entry.decided_by !== entry.proposed_by ? ` · ${text.decided(entry.decided_by)}` : ""}</span>
        {entry.previous_digest && entry.digest && entry.previous_digest !== entry.digest
          ? <Link className="link" to={`/policies?tab=history&from=${entry.previous_digest}&to=${entry.digest}`}>{strings.diff.title}</Link> : null}
        {entry.receipt_id ? <Link className="link" to={`/receipts/${entry.receipt_id}`}>{strings.receipt.one}</Link> : null}
      </p>
    </li>
  );
}
