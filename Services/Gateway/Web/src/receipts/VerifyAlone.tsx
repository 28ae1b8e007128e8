import { useEffect } from "react";
import { Link } from "../app/router";
import { Mark } from "../signin/SignIn";
import { strings } from "../strings";
import { VerifyBundle } from "./VerifyBundle";

/** The verifier for people who have a file and no account. */
export function VerifyAlone() {
  useEffect(() => {
    document.title = `${strings.receipts.verify} · ${strings.product}`;
  }, []);
  return (
    <div className="alone-page">
      <header className="bar"><span className="brand"><Mark /> {strings.product}</span><span className="push"><Link className="btn small" to="/inbox">{strings.signIn.title}</Link></span></header>
      <main id="main" className="body"><div className="stack"><h1>{strings.receipts.verify}</h1><VerifyBundle /></div></main>
    </div>
  );
}
