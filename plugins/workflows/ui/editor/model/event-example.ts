/** An event made up from the fields that its plugin declares: for who builds a workflow before one has come. */
import type { KnownEvent } from '../triggers/event-types.ts';

const NAMED: Readonly<Record<string, string>> = {
  from: 'ada@example.net',
  to: 'you@example.com',
  mailbox: 'you@example.com',
  email: 'ada@example.net',
  subject: 'Hello',
  text: 'Can you help me?',
  person: 'Ada',
  currency: 'EUR',
};

export function exampleOf({ type, plugin, fields }: KnownEvent): unknown {
  const data = Object.fromEntries(
    fields.map(({ name, type: kind, values }) => {
      if (kind === 'number') return [name, 1];
      if (kind === 'boolean') return [name, false];
      return [name, values[0] ?? NAMED[name] ?? ''];
    }),
  );
  return [{ specversion: '1.0', id: 'example', source: `patchbay/${plugin}`, type, data }];
}
