/**
 * What starts a workflow, as people say it, read from its `schedule` and written into it. What people wrote in another way is
 * `other`: it is shown as it stands and changed in the text.
 */
import { asciiLower } from '../ascii-lower.ts';

type Fields = Readonly<Record<string, unknown>>;

export type Unit = 'seconds' | 'minutes' | 'hours' | 'days';
export const UNITS: readonly Unit[] = ['minutes', 'hours', 'days', 'seconds'];

/** `some`: there is one of what is counted. */
export type Operator = 'is' | 'contains' | 'above' | 'below' | 'some';

/** What has to be true of a field of the event. */
export interface Condition {
  field: string;
  operator: Operator;
  value: string | number | boolean;
}

/** Who may start it by its address without credentials: everybody, or who signs with this secret. */
export type Hook = true | { secret: string };

export type Trigger =
  /** By hand, or by the API; with `hook`, by a call from outside. */
  | { kind: 'call'; hook?: Hook }
  | { kind: 'event'; type: string; conditions: readonly Condition[] }
  | { kind: 'every'; amount: number; unit: Unit }
  /** On these days of the week (0 is Sunday; none: each day) at this time of a zone. */
  | { kind: 'at'; time: string; days: readonly number[]; zone: string }
  | { kind: 'other' };

const UTC = 'UTC';

export function triggerOf(definition: unknown): Trigger {
  const schedule = isRecord(definition) ? definition.schedule : undefined;
  if (schedule === undefined || schedule === null) {
    const hook = hookIn(definition);
    return { kind: 'call', ...(hook && { hook }) };
  }
  if (!isRecord(schedule) || Object.keys(schedule).length !== 1) return { kind: 'other' };
  const { on, every, cron } = schedule;
  const found = on !== undefined ? eventOf(on) : every !== undefined ? everyOf(every) : atOf(cron, zoneOf(definition));
  return found ?? { kind: 'other' };
}

/** The type of the one event that starts it, however its conditions are written; null where it is no such event. */
export function eventTypeOf(definition: unknown): string | null {
  return textIn(definition, 'type');
}

/** Its conditions as they are written; null where there are none, or no expression says them. */
export function eventConditionOf(definition: unknown): string | null {
  return textIn(definition, 'data');
}

function textIn(definition: unknown, key: 'type' | 'data'): string | null {
  const schedule = isRecord(definition) && isRecord(definition.schedule) ? definition.schedule : {};
  const found = filterOf(schedule.on)?.[key];
  return typeof found === 'string' ? found : null;
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

/** In `metadata.patchbay` too: who may call it from outside. */
const HOOK_PATH = ['document', 'metadata', 'patchbay', 'hook'];

/** Where in the definition to write what. */
export interface HeadChange {
  path: string[];
  value: unknown;
}

/** So that its times are of this zone; null when they are. */
export function zoneChange(definition: unknown, zone: string): HeadChange | null {
  if (zoneOf(definition) === zone) return null;
  return zone === UTC ? { path: ZONE_PATH, value: undefined } : changeAt(definition, ZONE_PATH, zone);
}

/**
 * So that these may call it from outside, and nobody else; null when that is so. What was opened by something else than this
 * form stays open under another trigger.
 */
export function hookChange(definition: unknown, former: Trigger, next: Trigger): HeadChange | null {
  if (former.kind !== 'call' && next.kind !== 'call') return null;
  const wanted = next.kind === 'call' ? next.hook : undefined;
  const held = valueAt(definition, HOOK_PATH);
  if (wanted === undefined) return held === undefined ? null : { path: HOOK_PATH, value: undefined };
  return JSON.stringify(hookIn(definition)) === JSON.stringify(wanted) ? null : changeAt(definition, HOOK_PATH, wanted);
}

const FIRST_DATA = '.[0].data';

/**
 * What an event carries is what the first step sees, as people expect it: a workflow gets a list of whole events. What they
 * have written about the input themselves stays; null where nothing is to be changed.
 */
export function inputChange(definition: unknown, next: Trigger): HeadChange | null {
  const input = isRecord(definition) ? definition.input : undefined;
  const isOurs = isRecord(input) && Object.keys(input).length === 1 && input.from === FIRST_DATA;
  if (next.kind === 'event') return input === undefined ? { path: ['input'], value: { from: FIRST_DATA } } : null;
  return isOurs ? { path: ['input'], value: undefined } : null;
}

/** What a workflow gets, so that its first step gets these data: an event that carries them, where that is what it sees. */
export function withFirstData(definition: unknown, input: unknown, data: unknown): unknown {
  const [event] = Array.isArray(input) ? input : [];
  return hasFirstData(definition) && isRecord(event) ? [{ ...event, data }] : data;
}

/** Whether the first step sees what an event carries. */
export function hasFirstData(definition: unknown): boolean {
  const held = isRecord(definition) ? definition.input : undefined;
  const from = isRecord(held) && typeof held.from === 'string' ? held.from : '';
  return from.replaceAll(/[\s${}]/g, '') === FIRST_DATA;
}

/** What is not there on the way is written with it. */
function changeAt(definition: unknown, path: readonly string[], value: unknown): HeadChange {
  let depth = 0;
  for (let found = definition; isRecord(found) && depth < path.length; depth++) found = found[path[depth] ?? ''];
  const missing = path.slice(depth);
  return { path: path.slice(0, depth), value: missing.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) };
}

function valueAt(definition: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((found, step) => (isRecord(found) ? found[step] : undefined), definition);
}

function zoneOf(definition: unknown): string {
  const found = valueAt(definition, ZONE_PATH);
  return typeof found === 'string' ? found : UTC;
}

function hookIn(definition: unknown): Hook | null {
  const found = valueAt(definition, HOOK_PATH);
  if (isRecord(found) && typeof found.secret === 'string') return { secret: found.secret };
  return found === true ? true : null;
}

/** Of the one event that starts it. */
function filterOf(on: unknown): Fields | null {
  const only = isRecord(on) && Object.keys(on).length === 1 ? on.one : null;
  const filter = isRecord(only) && Object.keys(only).length === 1 ? only.with : null;
  return isRecord(filter) ? filter : null;
}

function eventOf(on: unknown): Trigger | null {
  const filter = filterOf(on);
  if (!filter || typeof filter.type !== 'string') return null;
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

const SIGNS = { is: '==', above: '>', some: '>=' } as const;

/** In jq, as the language of workflows has it. Of what is not there nothing is true: null alone would be less than any number. */
function expressionOf({ field, operator, value }: Condition): string {
  const written = JSON.stringify(operator === 'contains' ? asciiLower(String(value)) : value);
  if (operator === 'contains') return `(.${field} // "" | ascii_downcase | contains(${written}))`;
  if (operator === 'below') return `(.${field} != null and .${field} < ${written})`;
  return `.${field} ${SIGNS[operator]} ${written}`;
}

const VALUE = String.raw`(?<value>"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false)`;
const CONTAINS = new RegExp(String.raw`^\(\.(?<field>\w+) // "" \| ascii_downcase \| contains\(${VALUE}\)\)`);
const BELOW = new RegExp(String.raw`^\(\.(?<field>\w+) != null and \.\k<field> (?<sign><) ${VALUE}\)`);
const COMPARED = new RegExp(String.raw`^\.(?<field>\w+) (?<sign>==|>=|>) ${VALUE}`);

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
    const operator = operatorOf(sign);
    if (operator === 'some' && value !== 1) return null;
    // What nothing that is lowered can hold was written by somebody.
    if (operator === 'contains' && (typeof value !== 'string' || asciiLower(value) !== value)) return null;
    found.push({ field, operator, value });
    rest = rest.slice(whole.length);
    if (rest !== '' && !rest.startsWith(' and ')) return null;
    rest = rest.slice(' and '.length);
  }
  return found;
}

function operatorOf(sign: string | undefined): Operator {
  if (sign === undefined) return 'contains';
  if (sign === '<') return 'below';
  return sign === '==' ? 'is' : sign === '>=' ? 'some' : 'above';
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
