/** An event made up from the fields that its plugin declares: for who builds a workflow before one has come. */
import type { KnownEvent } from '../triggers/event-types.ts';
import type { Condition } from '../triggers/trigger.ts';

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

/** One that these conditions take. */
export function exampleOf({ type, plugin, fields }: KnownEvent, conditions: readonly Condition[]): unknown {
  const data = Object.fromEntries(
    fields.map(({ name, type: kind, values }) => {
      const asked = conditions.find(({ field }) => field === name);
      if (asked) return [name, fitting(asked)];
      if (kind === 'number') return [name, 1];
      if (kind === 'boolean') return [name, false];
      return [name, values[0] ?? NAMED[name] ?? ''];
    }),
  );
  return [{ specversion: '1.0', id: 'example', source: `patchbay/${plugin}`, type, data }];
}

function fitting({ operator, value }: Condition): Condition['value'] {
  if (operator === 'above') return Number(value) + 1;
  return operator === 'below' ? Number(value) - 1 : value;
}
