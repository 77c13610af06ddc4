/** Answers of handlers that are more than plain data with the route's first status. */

/** An answer with its own status, headers or type. `body` as Buffer, string or stream goes out as it is. */
export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body: unknown, headers: Record<string, string>) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Answers with a status other than the route's first, or with headers. */
export function reply(status: number, body: unknown = null, headers: Record<string, string> = {}): Reply {
  return new Reply(status, body, headers);
}

/** Says that the handler has taken over the response (server-sent events). */
export const HANDLED = Symbol('handled');
