import { inboxStrings, signStrings, taskStrings, decisionStrings, evidenceStrings } from "./strings/inbox";
import { receiptStrings, receiptsStrings, treeStrings, tamperStrings, bundleStrings, checkText } from "./strings/receipts";
import { runStrings, runsStrings, stepStrings, graphStrings, nodeWord } from "./strings/runs";
import { flowsStrings, publishStrings, startStrings } from "./strings/flows";
import { connectionsStrings, copilotStrings, costsStrings } from "./strings/rest";
import { diffStrings, explainStrings, policiesStrings, policyEditStrings, policyHistoryStrings, proposalStrings, replayStrings, shadowStrings } from "./strings/policies";
import { problemText } from "./strings/problems";

const roles: Record<string, string> = {
  admin: "Admin", operator: "Operator", "on-call": "On call", "change-approver": "Change approver", finance: "Finance", auditor: "Auditor", viewer: "Viewer",
};

/** Every word that a person reads stands here or in a file of `strings/`. */
export const strings = {
  product: "Provable",
  skip: "Skip to the page",
  loading: "Loading",
  working: "One moment…",
  tryAgain: "Try again",
  cancel: "Cancel",
  close: "Close",
  save: "Save",
  more: "Show more",
  signOut: "Sign out",
  copy: "Copy",
  digest: "digest",
  copied: (what: string) => `Copied the ${what}`,
  trace: "Trace",
  stale: "This may be out of date: the last refresh failed. It is tried again with the next change.",
  justNow: "just now",
  ago: (span: string) => `${span} ago`,
  role: (role: string) => roles[role] ?? role,
  nav: {
    main: "Main", menu: "Menu", open: "open", inbox: "Inbox", runs: "Runs", flows: "Flows", receipts: "Receipts", policies: "Policies",
    connections: "Connections", costs: "Costs", copilot: "Copilot",
  },
  live: { live: "Live", connecting: "Connecting…", offline: "Reconnecting…" },
  theme: { light: "Light theme", dark: "Dark theme" },
  tenant: {
    current: (name: string) => `${name}, change workspace`,
    kind: (kind: string) => ({ company: "Company", agency: "Agency", client: "Client" }[kind] ?? kind),
  },
  palette: {
    open: "Search or ask", title: "Go to or ask", placeholder: "A page, an id, or a question",
    run: (id: string) => `Run ${id}`, receipt: (id: string) => `Receipt ${id}`, ask: (text: string) => `Ask: ${text}`,
  },
  missing: { title: "Not found", lede: "There is no page at this address.", back: "Go to the inbox" },
  signIn: {
    title: "Sign in",
    lede: "Development sign-in: choose who you are and where.",
    expired: "Your session has ended. Choose who you are to go on.",
    pitch: "Every action can be proved afterwards.",
    facts: ["What you approve is exactly what runs", "Each step leaves a signed receipt", "Anyone can verify it offline, without trusting us"],
    verify: "Verify a bundle file without signing in",
  },
  cols: {
    time: "Time", service: "Service", what: "What", index: "#", proof: "Proof", signer: "Signed by", step: "Step", meter: "Meter", quantity: "Quantity", cost: "Cost",
    run: "Run", state: "State", now: "Now", started: "Started", took: "Took", flow: "Flow", startedBy: "Started by", version: "Version",
    openRuns: "Open runs", allRuns: "All runs", verdict: "Verdict", action: "Action", why: "Why", evidence: "Evidence",
  },
  problem: problemText,
  inbox: inboxStrings,
  sign: signStrings,
  task: taskStrings,
  decision: decisionStrings,
  evidence: evidenceStrings,
  receipt: receiptStrings,
  receipts: receiptsStrings,
  tree: treeStrings,
  tamper: tamperStrings,
  bundle: bundleStrings,
  check: checkText,
  run: runStrings,
  runs: runsStrings,
  step: stepStrings,
  graph: graphStrings,
  node: nodeWord,
  flows: flowsStrings,
  publish: publishStrings,
  start: startStrings,
  policies: policiesStrings,
  policyEdit: policyEditStrings,
  policyHistory: policyHistoryStrings,
  replay: replayStrings,
  diff: diffStrings,
  shadow: shadowStrings,
  proposals: proposalStrings,
  explain: explainStrings,
  connections: connectionsStrings,
  costs: costsStrings,
  copilot: copilotStrings,
};
