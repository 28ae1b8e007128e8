import type { Tone } from "../design/Chip";

const healths: Record<string, string> = { connected: "connected", "missing-secret": "needs a secret", failing: "failing" };
const idempotencies: Record<string, string> = { idempotent: "safe to repeat", keyed: "has one effect per key", "read-back": "read back after a doubt", unsafe: "never repeated by itself" };

export const connectionsStrings = {
  lede: "The systems that flows may call. Secrets are sealed; nothing is called that is not listed here.",
  none: "No connectors are installed",
  health: (health: string) => healths[health] ?? health,
  tone: (health: string): Tone => (health === "connected" ? "ok" : health === "missing-secret" ? "wait" : "bad"),
  address: "Address",
  hosts: "May call",
  noHosts: "nothing outside",
  secrets: "Secrets",
  noSecrets: "none needed",
  set: "set",
  notSet: "not set",
  connect: "Connect",
  edit: "Change",
  editOne: (title: string) => `Connect ${title}`,
  adminOnly: "Only an admin may change connections",
  operations: (count: number) => (count === 1 ? "1 operation" : `${count} operations`),
  idempotency: (value: string) => idempotencies[value] ?? value,
  keep: "set; leave empty to keep it",
  sealed: "Secrets are sealed before they are stored and never shown again.",
  saved: (title: string) => `${title} is saved`,
};

const periods: Record<string, string> = { day: "today", month: "this month" };

export const costsStrings = {
  lede: "What things cost, what was expected of them, and what was done where that went apart.",
  openAnomalies: (count: number) => (count === 1 ? "1 anomaly open" : `${count} anomalies open`),
  series: "Cost series",
  none: "No costs yet",
  noneText: "A series appears with its first point.",
  short: "Too new for a line",
  chart: (name: string, total: string, anomalous: number) => `${name}: ${total} in all, ${anomalous} ${anomalous === 1 ? "point" : "points"} called an anomaly. The figures stand in the table below.`,
  spent: "spent",
  expected: "expected",
  band: "usual range",
  anomaly: "anomaly",
  usual: "usual",
  against: (expected: string) => `, expected ${expected}`,
  asTable: "As a table",
  anomalies: "Anomalies",
  noAnomalies: "Nothing unusual.",
  anomalyState: (state: string) => (state === "open" ? "open" : "closed"),
  ratio: (ratio: string, observed: string, expected: string) => `${ratio} times the expected: ${observed} against ${expected}.`,
  throttles: "Throttles",
  noThrottles: "Nothing is throttled.",
  throttled: (percent: number) => `${percent} % let through`,
  budgets: "Budgets",
  noBudgets: "No budget is set.",
  share: (percent: string) => `${percent} % used`,
  budget: (spent: string, limit: string, period: string, reserved: string) => `${spent} of ${limit} ${periods[period] ?? period}${reserved ? `, ${reserved} reserved` : ""}`,
};

const routes: Record<string, string> = { "why-waiting": "Read as: why a run waits.", "run-cost": "Read as: what a run cost.", "blocked-today": "Read as: what was blocked.", unknown: "Not a question I can answer from receipts yet." };

export const copilotStrings = {
  lede: "Ask about runs, costs and decisions. Each sentence stands on receipts, and this browser verifies them.",
  ask: "Ask",
  question: "Your question",
  placeholder: "Why is this run waiting?",
  send: "Ask",
  about: "about run",
  suggestions: ["Show what was blocked today", "What did the last run cost?", "Why is this run waiting?"],
  aboutRun: (state: string) => (state === "waiting" ? ["Why is this run waiting?", "What did this run cost?"] : ["What did this run cost?", "Show what was blocked today"]),
  thinking: "Looking at the receipts…",
  abstained: "no answer is supported",
  cites: (index: string, kind: string) => `Receipt ${index}, ${kind}`,
  verified: (sentences: string, good: string, cited: string) => (cited === "0" ? `${sentences} ${sentences === "1" ? "sentence" : "sentences"}, no receipts cited.` : `${sentences} ${sentences === "1" ? "sentence" : "sentences"}, ${good} of ${cited} cited receipts verified here.`),
  route: (route: string) => routes[route] ?? "",
  receipt: "this answer's receipt",
};
