/** One call of the API as a command line, without what nobody who looks at the screen should see. */

export interface Call {
  method: string;
  url: string;
  body: string | null;
  status: number;
}

/** Fields that hold secrets, by their names. */
const SECRET = /password|secret|token|otp|challenge|credential/i;
/** What is longer has files in it, and is no command that anybody copies. */
const LONGEST_BODY = 100_000;
const HIDDEN = '…';

/** The same call with its secrets blotted out. */
export function withoutSecrets(call: Call): Call {
  return { ...call, body: call.body && shownBody(call.body, call.url) };
}

function shownBody(body: string, url: string): string {
  // The secrets of workflows are values under a name of somebody's choice.
  if (body.length > LONGEST_BODY || url.includes('/workflow-secrets/')) return HIDDEN;
  try {
    return JSON.stringify(JSON.parse(body), (name, value) => (value && SECRET.test(name) ? HIDDEN : value));
  } catch {
    return body;
  }
}

/** A command line that does the same with an API key in `$PATCHBAY_KEY`. */
export function asCurl({ method, url, body }: Call): string {
  const parts = ['curl -s', ...(method === 'GET' ? [] : [`-X ${method}`]), quoted(url)];
  parts.push(`-H "X-API-Key: $PATCHBAY_KEY"`);
  if (body !== null) parts.push(`-H 'Content-Type: application/json'`, `-d ${quoted(body)}`);
  return parts.join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
