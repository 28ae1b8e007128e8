import type { Verdict } from "../proof/bundle";
import type { Finding } from "../proof/completeness";
import type { CheckName } from "../proof/receipt";

const kindWords: Record<string, string> = {
  "workflow-publish": "Flow published", "step-run": "Step", approval: "Approval", "connector-call": "Connector call", "policy-decision": "Policy decision",
  "copilot-interaction": "Copilot answer", meter: "Metered usage", budget: "Budget", key: "Key", purge: "Erasure", "channel-ingest": "Channel ingest", "run-control": "Run changed by hand",
  coverage: "Coverage", "run-close": "Run closed",
};
const levels: Record<string, string> = { SIGNED: "signed", LOGGED: "logged", CHECKPOINTED: "checkpointed", REDACTED: "redacted", INVALID: "does not verify", COVERED: "covered", MISSING: "incomplete", FORKED: "forked" };
const meanings: Partial<Record<Verdict, string>> = {
  COVERED: "The run is closed, every receipt that its closing receipt commits to is here, and each intent has its result.",
  CHECKPOINTED: "The log signed the root under which each is proved. The run is still open, so nothing says yet that this is all.",
  LOGGED: "They are proved under a root that nobody trusted signed.",
  SIGNED: "They are signed, and not all of them are in the log yet.",
  REDACTED: "A payload is withheld; its place in the log still holds.",
};
const bare = (kind: string): string => kind.replace(/\/v\d+$/, "");
const plain = (word: string): string => word.replace(/[_-]+/g, " ");

export const receiptStrings = {
  one: "Receipt",
  title: (index: string) => `Receipt ${index}`,
  what: (kind: string, phase: string, outcome: string) =>
    [kindWords[bare(kind)] ?? bare(kind), phase === "single" ? "" : phase, plain(outcome)].filter(Boolean).join(" · "),
  at: (step: string) => `at ${step}`,
  level: (level: string) => levels[level] ?? level,
  checking: "checking…",
  unreachable: "not fetched",
  sentence: (service: string, what: string) => `Signed by ${service}: ${what},`,
  verdict: (ok: boolean, checks: string) => (ok ? `All ${checks} checks hold, computed in this browser.` : "It does not verify: see what fails below."),
  checks: "Checked in this browser",
  statement: "What it says",
  statementNote: "in-toto statement; what people typed stands only as salted digests",
  disclosed: "Opened for you",
  opens: "opens its digest",
  opensNot: "opens nothing here",
  bytes: "The bytes",
  envelope: "Envelope (DSSE)",
  leaf: "Log entry",
  proof: "Proof (c2sp.org/tlog-proof@v1)",
  path: "Its place in the log",
  digest: "Digest",
  run: "Run",
  causes: "Causes",
  size: (size: string) => `size ${size}`,
};

export const receiptsStrings = {
  views: "Views",
  explorer: "Log",
  verify: "Verify a bundle",
  lede: "Every action of this workspace, signed by the service that acted and sealed in an append-only log.",
  kind: "Kind",
  all: "All kinds",
  kinds: Object.keys(kindWords),
  ofRun: "run",
  allRuns: "All runs",
  log: "The log",
  none: "No receipts here",
  noneText: "They appear the moment something happens.",
  checkpoint: "Checkpoint",
  size: "Receipts in the log",
  root: "Root hash",
  signedBy: "Signed by",
  check: "Verify",
  checkpointState: { checking: "checking…", holds: "checkpoint verified here", fails: "checkpoint does not verify" },
};

export const treeStrings = {
  label: (index: number, size: number, levels: number, holds: boolean) =>
    `Merkle path of receipt ${index} in a log of ${size}: ${levels} ${levels === 1 ? "hash" : "hashes"} up to the root, which ${holds ? "is" : "is not"} the root of the checkpoint`,
  root: "root",
  leaf: "receipt",
  role: { leaf: "Hash of this receipt's entry", sibling: "Given by the log:", computed: "Computed here:", root: "Root:" },
  computed: "computed here",
  given: "given by the log",
};

export const tamperStrings = {
  title: "Do not believe us",
  lede: "Change a copy of this receipt and watch which check breaks. Nothing is sent or stored.",
  kind: { payload: "Flip a byte of the payload", leaf: "Alter the log entry", path: "Move it in the log" },
  caught: (ok: boolean) => (ok ? "Not noticed: this is a fault, tell us." : "Caught. The changed copy does not verify:"),
};

const findings: Record<Finding["code"], string> = {
  empty: "There is no receipt in it.",
  receipt: "Receipts that do not verify:",
  order: "The receipts stand out of the log's order:",
  twice: "One receipt is here twice.",
  checkpoints: "The proofs do not rest on one checkpoint:",
  "key-unregistered": "A key signed that the log never registered:",
  foreign: "Receipts of another run or another workspace:",
  "closed-twice": "The run was closed more than once:",
  "closed-by-other": "The run was closed by a service that may not:",
  "set-unstated": "The closing receipt does not state its set of receipts.",
  "set-missing": "Receipts that the run was closed with are not here:",
  "set-differs": "The receipts before the closing one are not the set it commits to:",
  "sequence-twice": "One place in a service's sequence was signed twice:",
  "sequence-broken": "A receipt does not follow the one before it:",
  "intent-open": "An intent has no result:",
};

export const bundleStrings = {
  lede: "Drop a proof bundle here. It is read and verified in this browser alone: no request is made, so it works offline.",
  drop: "Drop a bundle file",
  choose: "Choose a file",
  offline: "You can pull the network cable first.",
  tooLong: "The file is larger than 64 MB.",
  holds: "This bundle verifies",
  fails: "This bundle does not verify",
  verdict: (verdict: Verdict) => levels[verdict] ?? verdict,
  unreadable: {
    "not-json": "The file is not JSON.", "not-a-bundle": "The file is not a bundle of this product.", "too-long": "The bundle holds more than 10,000 receipts.",
    "no-trust": "The keys in the file cannot be read, or do not carry the names they claim.",
  },
  summary: (name: string, good: string, all: string, verdict: Verdict) => `${name}: ${good} of ${all} receipts verify. ${meanings[verdict] ?? ""}`,
  finding: (code: Finding["code"]) => findings[code],
  run: "Run",
  log: "Log",
  keys: "Keys",
  trust: "SHA-256 of the keys in the file. Compare it with what you pinned: without that, the file only agrees with itself.",
  tamper: "Try it:",
  tampers: { byte: "Flip one byte", drop: "Drop a receipt", swap: "Swap two" },
  restore: "Restore the file",
  receipts: "Receipts in the bundle",
};

export function checkText(name: CheckName, holds: boolean, signer: string): { title: string; detail: string } {
  switch (name) {
    case "signature":
      return { title: holds ? `Signed by ${signer}` : "Signature does not hold", detail: "ES256 over the envelope's exact bytes, with a key that the trust file gives to this service." };
    case "statement":
      return { title: holds ? "Says what it is logged as" : "Statement contradicts its entry", detail: "The statement's id, kind and emitter are those of the entry and of the key." };
    case "leaf":
      return { title: holds ? "The entry commits to it" : "The entry commits to something else", detail: "The log entry holds the digest of what was signed, and the signature itself." };
    case "inclusion":
      return { title: holds ? "It stands in the log" : "It does not stand where it claims", detail: "The hashes of the path lead from this entry to the checkpoint's root (RFC 6962)." };
    case "checkpoint":
      return { title: holds ? "The log signed that root" : "The checkpoint is not signed by this log", detail: "Ed25519 over the checkpoint, with the key that the trust file gives to this log." };
    case "disclosures":
      return { title: holds ? "What is opened belongs to it" : "A disclosure opens nothing here", detail: "Each disclosed value hashes to a digest that stands in the statement (RFC 9901)." };
  }
}
