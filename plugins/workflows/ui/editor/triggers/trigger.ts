/**
 * What starts a workflow, as people say it, read from its `schedule` and written into it. What people wrote in another way is
 * `other`: it is shown as it stands and changed in the text.
 */
type Fields = Readonly<Record<string, unknown>>;

export type Unit = 'seconds' | 'minutes' | 'hours' | 'days';
export const UNITS: readonly Unit[] = ['minutes', 'hours', 'days', 'seconds'];

export type Operator = 'is' | 'contains' | 'above' | 'below';

/** What has to be true of a field of the event. */
export interface Condition {
  field: string;
  operator: Operator;
  value: string | number | boolean;
}

export type Trigger =
  /** By hand, by the API, or by the address of its hook. */
  | { kind: 'call' }
  | { kind: 'event'; type: string; conditions: readonly Condition[] }
  | { kind: 'every'; amount: number; unit: Unit }
  /** On these days of the week (0 is Sunday; none: each day) at this time of a zone. */
  | { kind: 'at'; time: string; days: readonly number[]; zone: string }
  | { kind: 'other' };

export const UTC = 'UTC';

export function triggerOf(definition: unknown): Trigger {
  const schedule = isRecord(definition) ? definition.schedule : undefined;
  if (schedule === undefined || schedule === null) return { kind: 'call' };
  if (!isRecord(schedule) || Object.keys(schedule).length !== 1) return { kind: 'other' };
  const { on, every, cron } = schedule;
  const found = on !== undefined ? eventOf(on) : every !== undefined ? everyOf(every) : atOf(cron, zoneOf(definition));
  return found ?? { kind: 'other' };
}

/** The `schedule` that says this; undefined where there is none. */
export function scheduleOf(trigger: Exclude<Trigger, { kind: 'other' }>): Record<string, unknown> | undefined {
  if (trigger.kind === 'call') return undefined;
  if (trigger.kind === 'every') return { every: { [trigger.unit]: trigger.amount } };
  if (trigger.kind === 'at') return { cron: cronOf(trigger) };
  const { type, conditions } = trigger;
  const data = conditions.length > 0 ? { data: `\${ ${conditions.map(expressionOf).join(' and ')} }` } : {};
  return { on: { one: { with: { type, ...data } } } };
}

/** The zone of `metadata.patchbay`, in which its cron means its times. */
const ZONE_PATH = ['document', 'metadata', 'patchbay', 'timezone'];

/** Where in the definition to write what, so that its times are of this zone; null when they are. */
export function zoneChange(definition: unknown, zone: string): { path: string[]; value: unknown } | null {
  if (zoneOf(definition) === zone) return null;
  if (zone === UTC) return { path: ZONE_PATH, value: undefined };
  let depth = 0;
  for (let found = definition; isRecord(found) && depth < ZONE_PATH.length; depth++)
    found = found[ZONE_PATH[depth] ?? ''];
  // What is not there on the way is written with it.
  const missing = ZONE_PATH.slice(depth);
  return {
    path: ZONE_PATH.slice(0, depth),
    value: missing.reduceRight<unknown>((inner, key) => ({ [key]: inner }), zone),
  };
}

function zoneOf(definition: unknown): string {
  let found = definition;
  for (const step of ZONE_PATH) found = isRecord(found) ? found[step] : undefined;
  return typeof found === 'string' ? found : UTC;
}

function eventOf(on: unknown): Trigger | null {
  const only = isRecord(on) && Object.keys(on).length === 1 ? on.one : null;
  const filter = isRecord(only) && Object.keys(only).length === 1 ? only.with : null;
  if (!isRecord(filter) || typeof filter.type !== 'string') return null;
  const { type, data, ...rest } = filter;
  if (Object.keys(rest).length > 0) return null;
  const conditions = data === undefined ? [] : conditionsOf(data);
  return conditions && { kind: 'event', type, conditions };
}

function everyOf(every: unknown): Trigger | null {
  const [[unit, amount] = [], ...others] = isRecord(every) ? Object.entries(every) : [];
  const known = UNITS.find((one) => one === unit);
  return known && others.length === 0 && typeof amount === 'number' ? { kind: 'every', unit: known, amount } : null;
}

function atOf(cron: unknown, zone: string): Trigger | null {
  const { groups } =
    /^(?<minute>\d{1,2}) (?<hour>\d{1,2}) \* \* (?<days>\*|[0-6](?:,[0-6])*)$/.exec(String(cron)) ?? {};
  const { minute = '', hour = '', days = '' } = groups ?? {};
  if (!groups || Number(minute) > 59 || Number(hour) > 23) return null;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  return { kind: 'at', time, zone, days: days === '*' ? [] : days.split(',').map(Number) };
}

function cronOf({ time, days }: Extract<Trigger, { kind: 'at' }>): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return `${minute} ${hour} * * ${days.length === 0 ? '*' : [...days].sort().join(',')}`;
}

/** In jq, as the language of workflows has it. Of what is not there nothing is true: null alone would be less than any number. */
function expressionOf({ field, operator, value }: Condition): string {
  const written = JSON.stringify(operator === 'contains' ? asciiLower(String(value)) : value);
  if (operator === 'contains') return `(.${field} // "" | ascii_downcase | contains(${written}))`;
  if (operator === 'below') return `(.${field} != null and .${field} < ${written})`;
  return `.${field} ${operator === 'is' ? '==' : '>'} ${written}`;
}

/** As `ascii_downcase` does it: other letters are compared as they are. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const VALUE = String.raw`(?<value>"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false)`;
const CONTAINS = new RegExp(String.raw`^\(\.(?<field>\w+) // "" \| ascii_downcase \| contains\(${VALUE}\)\)`);
const BELOW = new RegExp(String.raw`^\(\.(?<field>\w+) != null and \.\k<field> (?<sign><) ${VALUE}\)`);
const COMPARED = new RegExp(String.raw`^\.(?<field>\w+) (?<sign>==|>) ${VALUE}`);

/** Those that `expressionOf` writes; null for any other expression. */
function conditionsOf(data: unknown): Condition[] | null {
  const [, expression] = /^\$\{ (.*) \}$/s.exec(String(data)) ?? [];
  if (expression === undefined) return null;
  const found: Condition[] = [];
  for (let rest = expression; rest !== ''; ) {
    const { 0: whole = '', groups } = CONTAINS.exec(rest) ?? BELOW.exec(rest) ?? COMPARED.exec(rest) ?? {};
    if (!groups) return null;
    const { field = '', sign, value: written = '' } = groups;
    const value = valueOfJson(written);
    if (value === undefined) return null;
    const operator = sign === undefined ? 'contains' : sign === '==' ? 'is' : sign === '>' ? 'above' : 'below';
    // What nothing that is lowered can hold was written by somebody.
    if (operator === 'contains' && (typeof value !== 'string' || asciiLower(value) !== value)) return null;
    found.push({ field, operator, value });
    rest = rest.slice(whole.length);
    if (rest !== '' && !rest.startsWith(' and ')) return null;
    rest = rest.slice(' and '.length);
  }
  return found;
}

/** Undefined where jq allows what JSON does not: `"\(.other)"`, `007`. */
function valueOfJson(written: string): Condition['value'] | undefined {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
