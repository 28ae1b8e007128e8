/** RFC 9457 problem as the gateway sends it. */
export interface FieldError {
  field: string;
  message: string;
  fix?: string | null;
  line?: number;
  column?: number;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly traceID: string | null = null,
    readonly errors: FieldError[] = [],
    /** The whole document, for members that one route adds (problems of a flow, line and column of a policy). */
    readonly document: Record<string, unknown> = {},
  ) {
    super(detail || title);
  }

  static async from(response: Response): Promise<Problem> {
    let body: Record<string, unknown> = {};
    try {
      body = (await response.json()) as Record<string, unknown>;
    } catch {
      // A proxy may answer with another type: the status alone has to do.
    }
    const string = (key: string): string => (typeof body[key] === "string" ? (body[key] as string) : "");
    return new Problem(
      response.status,
      string("code") || `HTTP_${response.status}`,
      string("title") || response.statusText,
      string("detail"),
      string("trace_id") || null,
      Array.isArray(body.errors) ? (body.errors as FieldError[]) : [],
      body,
    );
  }

  static offline(cause: unknown): Problem {
    return new Problem(0, "OFFLINE", "", cause instanceof Error ? cause.message : "");
  }
}
