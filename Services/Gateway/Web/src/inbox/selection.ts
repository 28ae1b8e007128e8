/** Which item is chosen in a list that others change while it is read. */
export function step(ids: readonly string[], chosen: string | null, by: 1 | -1): string | null {
  if (ids.length === 0) return null;
  const at = chosen === null ? -1 : ids.indexOf(chosen);
  if (at < 0) return by === 1 ? ids[0] : ids[ids.length - 1];
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))];
}

/** What to read next when one is done: the one below it, else the one above. */
export function afterDone(ids: readonly string[], done: string): string | null {
  const at = ids.indexOf(done);
  if (at < 0) return ids[0] ?? null;
  return ids[at + 1] ?? ids[at - 1] ?? null;
}
