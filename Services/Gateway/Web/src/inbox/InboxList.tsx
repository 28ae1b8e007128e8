import type { InboxItem } from "../api/model";
import { When } from "../app/When";
import { useNow } from "../app/clock";
import { millis, rough } from "../app/format";
import { Link, useRoute, withQuery } from "../app/router";
import { Chip, Tone } from "../design/Chip";
import { strings } from "../strings";

/** How an item asks for attention: a colour and, always, a word. */
export function urgency(item: InboxItem, now: number): { tone: Tone; text: string } {
  if (item.state !== "open") return { tone: "plain", text: strings.inbox.closed };
  if (item.due_at) {
    const left = millis(item.due_at) - now;
    if (left < 0) return { tone: "bad", text: strings.inbox.late(rough(-left)) };
    return { tone: left < 86_400_000 ? "wait" : "plain", text: strings.inbox.left(rough(left)) };
  }
  const kind = strings.inbox.kind(item.kind);
  switch (item.kind) {
    case "anomaly":
      return { tone: "cost", text: kind };
    case "failed-run":
      return { tone: "bad", text: kind };
    default:
      return { tone: item.tone === "wait" ? "wait" : "plain", text: kind };
  }
}

const dot = (item: InboxItem): string => (item.kind === "anomaly" ? "cost" : item.kind === "failed-run" || item.tone === "bad" ? "bad" : item.tone === "wait" || item.kind === "approval" ? "wait" : "");

export function InboxList({ items, chosen }: { items: InboxItem[]; chosen: string | null }) {
  const route = useRoute();
  const now = useNow();
  return (
    <ul aria-label={strings.inbox.items}>
      {items.map((item) => {
        const { tone, text } = urgency(item, now);
        return (
          <li key={item.id}>
            <Link className={item.id === chosen ? "item on" : "item"} to={withQuery(route, { item: item.id })} replace data-id={item.id}
              aria-current={item.id === chosen ? "true" : undefined}>
              <i className={`dot ${dot(item)}`} />
              <span className="strong">{item.title}</span>
              <Chip tone={tone}>{text}</Chip>
              <span className="item-text">{item.summary}</span>
              <span className="item-text dim">{item.requested_by ? `${item.requested_by} · ` : ""}<When time={item.created_at} ago /></span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
