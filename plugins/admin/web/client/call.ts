/** One call of the API as a command line, without what nobody who looks at the screen should see. */

export interface Call {
  method: string;
  url: string;
  body: string | null;
  status: number;
}

/** What a field of a plugin is called that holds a secret and does not say so. */
const LOOKS_SECRET =
  /pass(word|phrase|code)?$|pwd|secret|token|otp$|challenge|credential|authorization|(^|_)(key|pin)$|[a-z]Key$/i;
/** What names or counts something, and opens nothing. */
const HARMLESS = new Set(['idempotency_key', 'aiMaxTokens', 'chunk_tokens', 'overlap_tokens', 'max_tokens']);
/** What is longer has files in it, and is no command that anybody copies. */
const LONGEST_BODY = 100_000;
const HIDDEN = '…';

/** The same call with its secrets blotted out: the fields that the server says are secret, and what looks like one. */
export function withoutSecrets(call: Call, secretFields: ReadonlySet<string>): Call {
  return { ...call, body: call.body && shownBody(call.body, call.url, secretFields) };
}

function shownBody(body: string, url: string, secretFields: ReadonlySet<string>): string {
  // The secrets of workflows are values under a name of somebody's choice.
  if (body.length > LONGEST_BODY || url.includes('/workflow-secrets/')) return HIDDEN;
  const isSecret = (name: string) => secretFields.has(name) || (LOOKS_SECRET.test(name) && !HARMLESS.has(name));
  try {
    return JSON.stringify(JSON.parse(body), (name, value) => (value && isSecret(name) ? HIDDEN : value));
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
