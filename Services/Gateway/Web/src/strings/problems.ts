interface ProblemText {
  title: string;
  detail: string;
  /** Whether the same request may succeed a moment later. */
  retry: boolean;
}

const known: Record<string, string> = {
  SELF_APPROVAL: "You asked for this, so another person has to decide it.",
  ROLE_REQUIRED: "This needs a role that you do not have here.",
  SUBJECT_CHANGED: "What would be signed has changed since you opened it. Read it again before you decide.",
  TASK_CLOSED: "Someone has decided this already.",
};

export function problemText(status: number, code: string, detail: string): ProblemText {
  if (known[code]) return { title: "That is not possible", detail: known[code], retry: false };
  if (status === 0) return { title: "The server cannot be reached", detail: "Check the connection. Nothing you did is lost.", retry: true };
  if (status === 403) return { title: "You may not see this", detail: detail || "Your role here does not include it.", retry: false };
  if (status === 404) return { title: "There is nothing here", detail: "It does not exist, or it belongs to another workspace.", retry: false };
  if (status === 429) return { title: "Too many requests", detail: detail || "Wait a moment and try again.", retry: true };
  if (status >= 500) return { title: "Something failed on our side", detail: detail || "It is logged under the trace below. Trying again is safe.", retry: true };
  return { title: "That did not work", detail: detail || code, retry: true };
}
