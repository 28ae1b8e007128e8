import { useCallback, useEffect, useReducer, useRef } from "react";
import { useLiveTopics } from "../live/LiveContext";
import { Problem } from "./problem";

/** What a page knows about something it asked for. A refresh that fails keeps the last good value. */
export type Resource<T> =
  | { status: "loading" }
  | { status: "ready"; value: T; refreshing: boolean; problem: Problem | null }
  | { status: "failed"; problem: Problem };

export type ResourceEvent<T> =
  | { kind: "asked"; fresh: boolean }
  | { kind: "answered"; value: T }
  | { kind: "refused"; problem: Problem };

export function resourceReducer<T>(state: Resource<T>, event: ResourceEvent<T>): Resource<T> {
  switch (event.kind) {
    case "asked":
      return event.fresh || state.status !== "ready" ? { status: "loading" } : { ...state, refreshing: true };
    case "answered":
      return { status: "ready", value: event.value, refreshing: false, problem: null };
    case "refused":
      return state.status === "ready"
        ? { ...state, refreshing: false, problem: event.problem }
        : { status: "failed", problem: event.problem };
  }
}

/**
 * Loads what `key` names, again when the key changes or a live event of one of `topics` arrives.
 * A null key loads nothing. An answer that was overtaken is dropped.
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  topics: readonly string[] = [],
): { resource: Resource<T>; reload: () => void } {
  const [resource, dispatch] = useReducer(
    resourceReducer as (state: Resource<T>, event: ResourceEvent<T>) => Resource<T>,
    { status: "loading" },
  );
  const loader = useRef(load);
  loader.current = load;
  const current = useRef<AbortController | null>(null);

  const run = useCallback((fresh: boolean) => {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    dispatch({ kind: "asked", fresh });
    loader.current(controller.signal).then(
      (value) => controller.signal.aborted || dispatch({ kind: "answered", value }),
      (cause: unknown) => {
        if (controller.signal.aborted) return;
        dispatch({ kind: "refused", problem: cause instanceof Problem ? cause : Problem.offline(cause) });
      },
    );
  }, []);

  useEffect(() => {
    if (key !== null) run(true);
    return () => current.current?.abort();
  }, [key, run]);

  const reload = useCallback(() => run(false), [run]);
  useLiveTopics(key === null ? [] : topics, reload);
  return { resource, reload };
}
