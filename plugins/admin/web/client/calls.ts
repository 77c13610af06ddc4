/** The calls that the page on the screen has made, for who wants to do the same by a program. */
import { type Call, withoutSecrets } from './call.ts';
import { store } from './store.ts';

const KEPT = 30;

/** Fields that hold secrets, as the server has said at the beginning of the visit. */
let secretFields: ReadonlySet<string> = new Set();

export const calls = store<readonly Call[]>([]);

export function registerSecretFields(names: readonly string[]): void {
  secretFields = new Set(names);
}

/** The same call again takes the place of the former one. */
export function noteCall(call: Call): void {
  const isSame = ({ method, url }: Call) => method === call.method && url === call.url;
  calls.set([withoutSecrets(call, secretFields), ...calls.get().filter((other) => !isSame(other))].slice(0, KEPT));
}

/** A new page begins with none. */
export function clearCalls(): void {
  calls.set([]);
}
