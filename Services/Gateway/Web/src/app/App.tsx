import { useEffect } from "react";
import { Failure, Skeleton } from "../design/States";
import { LiveProvider } from "../live/LiveContext";
import { SignIn } from "../signin/SignIn";
import { VerifyAlone } from "../receipts/VerifyAlone";
import { strings } from "../strings";
import { Palette } from "./Palette";
import { Routes } from "./Routes";
import { SessionProvider, useSessions } from "./SessionContext";
import { Sidebar } from "./Sidebar";
import { ToastProvider } from "./Toasts";
import { navigate, useRoute } from "./router";

export function App() {
  return (
    <ToastProvider>
      <SessionProvider>
        <Front />
      </SessionProvider>
    </ToastProvider>
  );
}

/** What stands in front of the session. A bundle file can be verified without one. */
function Front() {
  const { state, retry } = useSessions();
  const route = useRoute();
  switch (state.status) {
    case "asking":
      return <main className="center"><Skeleton shape="text" /></main>;
    case "failed":
      return <main className="center"><h1 className="hush">{strings.product}</h1><Failure problem={state.problem} retry={retry} /></main>;
    case "signed-out":
      return route.query.get("view") === "verify" ? <VerifyAlone /> : <SignIn expired={state.expired} />;
    case "signed-in":
      return <Shell key={`${state.session.tenant.id}:${state.session.principal}`} tenant={state.session.tenant.id} />;
  }
}

function Shell({ tenant }: { tenant: string }) {
  const { path } = useRoute();
  useEffect(() => {
    if (path === "/") navigate("/inbox", { replace: true });
  }, [path]);
  return (
    <LiveProvider tenant={tenant}>
      <a className="skip" href="#main">{strings.skip}</a>
      <div className="app">
        <Sidebar />
        <main className="main" id="main" tabIndex={-1}>
          <Routes />
        </main>
      </div>
      <Palette />
    </LiveProvider>
  );
}
