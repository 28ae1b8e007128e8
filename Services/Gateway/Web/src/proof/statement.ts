import { Json, isObject } from "./jcs";

/** The members of a receipt's statement that a verifier holds against other things. */
export interface StatementFacts {
  id: string;
  /** For example `connector-call/v1`. */
  kind: string;
  /** The origin of the tenant's log. */
  tenant: string;
  service: string;
  run: string | null;
  facts: { [key: string]: Json };
}

const TYPE = "https://in-toto.io/Statement/v1";
const KIND = "https://provable.dev/receipt/";
export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** Null for anything that is not an in-toto Statement v1 with a predicate of this platform. */
export function statementFacts(value: Json): StatementFacts | null {
  if (!isObject(value) || value._type !== TYPE || typeof value.predicateType !== "string" || !value.predicateType.startsWith(KIND)) return null;
  const predicate = value.predicate;
  if (!isObject(predicate) || !isObject(predicate.emitter) || !isObject(predicate.facts)) return null;
  const { id, tenant, run, facts, emitter } = predicate;
  if (typeof id !== "string" || typeof tenant !== "string" || typeof emitter.service !== "string") return null;
  return { id, kind: value.predicateType.slice(KIND.length), tenant, service: emitter.service, run: typeof run === "string" ? run : null, facts };
}
