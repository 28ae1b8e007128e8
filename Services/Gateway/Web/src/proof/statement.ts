import { Json, isObject } from "./jcs";

/** Where a receipt stands in its emitter's sequence. */
export interface Emitter {
  service: string;
  instance: string;
  epoch: number;
  seq: number;
  prev: string | null;
}

/** The members of a receipt's statement that a verifier holds against other things. */
export interface StatementFacts {
  id: string;
  /** For example `connector-call/v1`. */
  kind: string;
  /** The origin of the tenant's log. */
  tenant: string;
  emitter: Emitter;
  run: string | null;
  phase: string;
  outcome: string;
  causes: string[];
  /** Hex digests of what is attested. */
  subject: string[];
  facts: { [key: string]: Json };
}

const TYPE = "https://in-toto.io/Statement/v1";
const KIND = "https://provable.dev/receipt/";
export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

function emitter(value: Json): Emitter | null {
  if (!isObject(value)) return null;
  const { service, instance, epoch, seq, prev } = value;
  if (typeof service !== "string" || typeof instance !== "string" || typeof epoch !== "number" || typeof seq !== "number") return null;
  if (prev !== null && typeof prev !== "string") return null;
  return { service, instance, epoch, seq, prev };
}

function subjects(value: Json): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each) => (isObject(each) && isObject(each.digest) && typeof each.digest.sha256 === "string" ? [each.digest.sha256] : []));
}

/** Null for anything that is not an in-toto Statement v1 with a predicate of this platform. */
export function statementFacts(value: Json): StatementFacts | null {
  if (!isObject(value) || value._type !== TYPE || typeof value.predicateType !== "string" || !value.predicateType.startsWith(KIND)) return null;
  const predicate = value.predicate;
  if (!isObject(predicate) || !isObject(predicate.facts) || !Array.isArray(predicate.causes)) return null;
  const { id, tenant, run, phase, outcome, facts, causes } = predicate;
  const from = emitter(predicate.emitter);
  if (typeof id !== "string" || typeof tenant !== "string" || typeof phase !== "string" || typeof outcome !== "string" || !from) return null;
  return {
    id, tenant, phase, outcome, facts, emitter: from, kind: value.predicateType.slice(KIND.length), run: typeof run === "string" ? run : null,
    causes: causes.filter((each): each is string => typeof each === "string"), subject: subjects(value.subject),
  };
}
