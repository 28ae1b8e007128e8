import type { IconName } from "../design/Icon";
import { strings } from "../strings";

export const pages: { path: string; label: string; icon: IconName }[] = [
  { path: "/inbox", label: strings.nav.inbox, icon: "inbox" },
  { path: "/runs", label: strings.nav.runs, icon: "runs" },
  { path: "/flows", label: strings.nav.flows, icon: "flows" },
  { path: "/receipts", label: strings.nav.receipts, icon: "receipts" },
  { path: "/policies", label: strings.nav.policies, icon: "policies" },
  { path: "/connections", label: strings.nav.connections, icon: "connections" },
  { path: "/costs", label: strings.nav.costs, icon: "costs" },
  { path: "/copilot", label: strings.nav.copilot, icon: "copilot" },
];
