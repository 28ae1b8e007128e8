import { useEffect, useRef } from "react";
import { api } from "../api/client";
import type { Inbox, InboxItem } from "../api/model";
import { useResource } from "../api/resource";
import { Page } from "../app/Page";
import { useSession } from "../app/SessionContext";
import { useNow } from "../app/clock";
import { count, millis } from "../app/format";
import { useKeys } from "../app/keys";
import { navigate, useRoute, withQuery } from "../app/router";
import { useWide } from "../app/width";
import { Chip } from "../design/Chip";
import { Await, Empty, Skeleton } from "../design/States";
import { strings } from "../strings";
import { InboxList } from "./InboxList";
import { ItemDetail } from "./ItemDetail";
import { afterDone, step } from "./selection";

const HOUR = 3_600_000;

export function InboxPage() {
  const session = useSession();
  const route = useRoute();
  const state = route.query.get("state") === "closed" ? "closed" : "open";
  const { resource, reload } = useResource(`inbox:${session.tenant.id}:${state}`, (signal) => api.inbox(state, signal), ["task.", "inbox.", "run.", "anomaly."]);
  return (
    <Page title={strings.nav.inbox} flush chips={resource.status === "ready" ? <Counts inbox={resource.value} /> : null}>
      <Await resource={resource} retry={reload} skeleton={<div className="three"><div className="list"><Skeleton /></div><div className="detail"><Skeleton shape="text" /></div></div>}>
        {(inbox) => <Two items={inbox.items} state={state} reload={reload} />}
      </Await>
    </Page>
  );
}

function Counts({ inbox }: { inbox: Inbox }) {
  const now = useNow();
  const soon = inbox.items.filter((item) => item.due_at && item.state === "open" && millis(item.due_at) - now < HOUR).length;
  return (
    <>
      <Chip>{strings.inbox.needYou(inbox.open_total)}</Chip>
      {soon > 0 ? <Chip tone="wait">{strings.inbox.dueSoon(count(soon))}</Chip> : null}
    </>
  );
}

function Two({ items, state, reload }: { items: InboxItem[]; state: string; reload: () => void }) {
  const route = useRoute();
  const wide = useWide();
  const list = useRef<HTMLDivElement>(null);
  const ids = items.map((item) => item.id);
  const asked = route.query.get("item");
  const chosen = asked ?? (wide ? ids[0] ?? null : null);
  const item = items.find((each) => each.id === chosen) ?? null;
  const choose = (id: string | null): void => navigate(withQuery(route, { item: id }), { replace: true });
  const move = (by: 1 | -1): void => {
    const next = step(ids, chosen, by);
    if (!next) return;
    choose(next);
    list.current?.querySelector<HTMLElement>(`[data-id="${next}"]`)?.focus();
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
  useEffect(() => {
    // What was chosen may have been closed by someone else: then nothing is chosen any more.
    if (asked && !item && wide) choose(null);
  });
  if (items.length === 0) {
    return (
      <div className="three alone">
        <div className="list"><StateSwitch state={state} /><Empty icon="check" title={strings.inbox.empty[state === "open" ? "open" : "closed"].title}><p>{strings.inbox.empty[state === "open" ? "open" : "closed"].text}</p></Empty></div>
      </div>
    );
  }
  return (
    <div className={!wide && item ? "three reading" : "three"}>
      <div className="list" ref={list}>
        <StateSwitch state={state} />
        <InboxList items={items} chosen={item?.id ?? null} />
      </div>
      <div className="detail" tabIndex={0} role="region" aria-label={strings.inbox.detail}>
        {item ? (
          <ItemDetail key={item.id} item={item} back={wide ? null : () => choose(null)}
            onDone={() => (choose(wide ? afterDone(ids, item.id) : null), reload())} />
        ) : (
          <Empty icon="inbox" title={strings.inbox.choose} />
        )}
      </div>
    </div>
  );
}

function StateSwitch({ state }: { state: string }) {
  const route = useRoute();
  return (
    <div className="listhead">
      <div className="seg" role="group" aria-label={strings.inbox.which}>
        {(["open", "closed"] as const).map((each) => (
          <button key={each} type="button" aria-pressed={state === each} onClick={() => navigate(withQuery(route, { state: each === "open" ? null : each, item: null }), { replace: true })}>
            {strings.inbox.states[each]}
          </button>
        ))}
      </div>
      <span className="dim sm keys" aria-hidden="true"><kbd>J</kbd> <kbd>K</kbd> {strings.inbox.move}</span>
    </div>
  );
}
