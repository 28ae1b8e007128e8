import { useCallback, useEffect, useState } from "react";
import { Problem } from "./problem";
import { Resource, useResource } from "./resource";

interface PageOf<T> {
  items: T[];
  next_cursor: string | null;
}

/** A list that grows page by page. A refresh asks for the first page again and keeps it short. */
export function usePages<T>(key: string, load: (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<T>>, topics: readonly string[] = []) {
  const { resource, reload } = useResource(key, (signal) => load(undefined, signal), topics);
  const [rest, setRest] = useState<{ items: T[]; cursor: string | null } | null>(null);
  const [loadingMore, setLoadingMore] = useState(false);
  const first = resource.status === "ready" ? resource.value : null;
  useEffect(() => setRest(null), [first]);
  const cursor = rest ? rest.cursor : first?.next_cursor ?? null;
  const more = useCallback(() => {
    if (!cursor || loadingMore) return;
    setLoadingMore(true);
    load(cursor, new AbortController().signal)
      .then((page) => setRest((previous) => ({ items: [...(previous?.items ?? []), ...page.items], cursor: page.next_cursor })))
      .catch((cause: unknown) => cause instanceof Problem || Promise.reject(cause))
      .finally(() => setLoadingMore(false));
  }, [cursor, load, loadingMore]);
  const shown: Resource<T[]> = resource.status === "ready" ? { ...resource, value: [...resource.value.items, ...(rest?.items ?? [])] } : resource;
  return { resource: shown, reload, more: cursor ? more : null, loadingMore };
}
