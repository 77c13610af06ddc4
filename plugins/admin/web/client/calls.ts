/** The calls that the page on the screen has made, for who wants to do the same by a program. */
import { store } from './store.ts';

export interface Call {
  method: string;
  url: string;
  body: string | null;
  status: number;
}

const KEPT = 30;

export const calls = store<readonly Call[]>([]);

/** The same call again takes the place of the former one. */
export function noteCall(call: Call): void {
  const isSame = ({ method, url }: Call) => method === call.method && url === call.url;
  calls.set([call, ...calls.get().filter((other) => !isSame(other))].slice(0, KEPT));
}

/** A new page begins with none. */
export function forgetCalls(): void {
  calls.set([]);
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
