import { strings } from "../strings";
import { useNow } from "./clock";
import { UNKNOWN, day, millis, rough } from "./format";

/** A past moment as the reader says it, with the exact one on hover. */
export function When({ time, ago = false }: { time: string | null; ago?: boolean }) {
  const now = useNow();
  if (!time) return <>{UNKNOWN}</>;
  const passed = now - millis(time);
  const text = ago && passed < 5_000 ? strings.justNow : ago && passed < 48 * 3_600_000 ? strings.ago(rough(passed)) : day(time, now);
  return <time dateTime={time} title={new Date(time).toString()} className="nowrap">{text}</time>;
}
