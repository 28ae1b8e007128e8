import { ReactNode, createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { api } from "../api/client";
import { setCSRFToken, setSignedOutHandler } from "../api/http";
import type { Session } from "../api/model";
import { Problem } from "../api/problem";

export type SessionState =
  | { status: "asking" }
  | { status: "signed-out"; expired: boolean }
  | { status: "signed-in"; session: Session }
  | { status: "failed"; problem: Problem };

interface Sessions {
  state: SessionState;
  signIn: (email: string, tenant: string) => Promise<void>;
  switchTenant: (slug: string) => Promise<void>;
  signOut: () => Promise<void>;
  retry: () => void;
}

const SessionContext = createContext<Sessions | null>(null);

export function useSessions(): Sessions {
  const value = useContext(SessionContext);
  if (!value) throw new Error("useSessions outside SessionProvider");
  return value;
}

/** The session of the person; only for what stands inside the signed-in shell. */
export function useSession(): Session {
  const { state } = useSessions();
  if (state.status !== "signed-in") throw new Error("useSession while signed out");
  return state.session;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ status: "asking" });
  const accept = useCallback((session: Session) => {
    setCSRFToken(session.csrf_token);
    setState({ status: "signed-in", session });
  }, []);
  const ask = useCallback(() => {
    setState({ status: "asking" });
    api.session().then(accept, (problem: Problem) =>
      setState(problem.status === 401 ? { status: "signed-out", expired: false } : { status: "failed", problem }),
    );
  }, [accept]);
  useEffect(() => {
    setSignedOutHandler(() =>
      setState((previous) => ({ status: "signed-out", expired: previous.status === "signed-in" || (previous.status === "signed-out" && previous.expired) })),
    );
    ask();
  }, [ask]);
  const value = useMemo<Sessions>(
    () => ({
      state,
      retry: ask,
      signIn: async (email, tenant) => accept(await api.signIn(email, tenant)),
      switchTenant: async (slug) => accept(await api.switchTenant(slug)),
      signOut: async () => {
        await api.signOut();
        setCSRFToken(null);
        setState({ status: "signed-out", expired: false });
      },
    }),
    [state, ask, accept],
  );
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
}
