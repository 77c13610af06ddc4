/** A command without somebody whom it names: in lists of people, as a recipient, in its result. Texts that are sent stay as they are. */

export interface Unnamed {
  params: string;
  recipient: string;
  result: string | null;
}

/** Null when nobody is left whom it is for: a list of people has become empty. `params` and `result` are JSON. */
export function withoutNames({ params, recipient, result }: Unnamed, names: ReadonlySet<string>): Unnamed | null {
  const others = recipient.split('\n').filter((name) => !names.has(name));
  if (recipient !== '' && others.length === 0) return null;
  const cleared = clearedOf(JSON.parse(params), names);
  if (cleared.isEmptied) return null;
  return {
    params: JSON.stringify(cleared.value),
    recipient: others.join('\n'),
    result: result === null ? null : JSON.stringify(clearedOf(JSON.parse(result), names).value),
  };
}

function clearedOf(value: unknown, names: ReadonlySet<string>): { value: unknown; isEmptied: boolean } {
  if (typeof value === 'string') return { value: names.has(value) ? '' : value, isEmptied: false };
  if (Array.isArray(value)) {
    const left = value.filter((one) => !(typeof one === 'string' && names.has(one)));
    const inner = left.map((one) => clearedOf(one, names));
    const isEmptied = (value.length > 0 && left.length === 0) || inner.some((one) => one.isEmptied);
    return { value: inner.map((one) => one.value), isEmptied };
  }
  if (typeof value !== 'object' || value === null) return { value, isEmptied: false };
  const entries = Object.entries(value).map(([key, one]) => [key, clearedOf(one, names)] as const);
  return {
    value: Object.fromEntries(entries.map(([key, one]) => [key, one.value])),
    isEmptied: entries.some(([, one]) => one.isEmptied),
  };
}
