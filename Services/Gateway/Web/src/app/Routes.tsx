import { ConnectionsPage } from "../connections/ConnectionsPage";
import { CopilotPage } from "../copilot/CopilotPage";
import { CostsPage } from "../costs/CostsPage";
import { Empty } from "../design/States";
import { FlowPage } from "../flows/FlowPage";
import { FlowsPage } from "../flows/FlowsPage";
import { InboxPage } from "../inbox/InboxPage";
import { DecisionPage } from "../policies/DecisionPage";
import { PoliciesPage } from "../policies/PoliciesPage";
import { ReceiptPage } from "../receipts/ReceiptPage";
import { ReceiptsPage } from "../receipts/ReceiptsPage";
import { RunPage } from "../runs/RunPage";
import { RunsPage } from "../runs/RunsPage";
import { strings } from "../strings";
import { Page } from "./Page";
import { Link, useRoute } from "./router";

export function Routes() {
  const { path } = useRoute();
  const [, section, name] = path.split("/");
  const id = name ? decodeURIComponent(name) : null;
  switch (section) {
    case "":
    case "inbox":
      return <InboxPage />;
    case "runs":
      return id ? <RunPage key={id} id={id} /> : <RunsPage />;
    case "receipts":
      return id ? <ReceiptPage key={id} id={id} /> : <ReceiptsPage />;
    case "flows":
      return id ? <FlowPage key={id} name={id} /> : <FlowsPage />;
    case "policies":
      return <PoliciesPage />;
    case "decisions":
      return id ? <DecisionPage key={id} id={id} /> : <PoliciesPage />;
    case "connections":
      return <ConnectionsPage />;
    case "costs":
      return <CostsPage />;
    case "copilot":
      return <CopilotPage />;
    default:
      return (
        <Page title={strings.missing.title}>
          <Empty icon="search" title={strings.missing.lede}><Link className="link" to="/inbox">{strings.missing.back}</Link></Empty>
        </Page>
      );
  }
}
