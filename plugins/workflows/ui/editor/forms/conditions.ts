/**
 * Conditions as people say them, "Amount is more than 100", written as a jq expression and read back from it. Read is what is
 * written here and what people write in the same way; any other expression stays a text.
 */
import { asciiLower } from '../ascii-lower.ts';
export const COMPARISONS = [
  'is',
  'isNot',
  'contains',
  'containsNot',
  'above',
  'atLeast',
  'below',
  'atMost',
  'holds',
  'exists',
  'missing',
  'empty',
  'notEmpty',
] as const;
export type Comparison = (typeof COMPARISONS)[number];
export type Value = string | number | boolean;

export interface Condition {
  /** `.order.total`, `$context.ask["odd key"]`. */
  field: string;
  comparison: Comparison;
  /** Means nothing where the comparison takes none. */
  value: Value;
}

export interface Conditions {
  join: 'and' | 'or';
  all: readonly Condition[];
}

const ALONE: ReadonlySet<Comparison> = new Set(['holds', 'exists', 'missing', 'empty', 'notEmpty']);

export function takesValue(comparison: Comparison): boolean {
  return !ALONE.has(comparison);
}

/** Without the mark of an expression around it. */
export function expressionOf({ join, all }: Conditions): string {
  return all.map(written).join(` ${join} `);
}

const ORDERS: Readonly<Partial<Record<Comparison, string>>> = { above: '>', atLeast: '>=', below: '<', atMost: '<=' };
const EQUALITIES: Readonly<Partial<Record<Comparison, string>>> = { is: '==', isNot: '!=' };

/**
 * Of what is not there nothing is true but that it is missing: null alone would be less than any number. Amounts come as texts
 * too, of which any is more than any number: they are read as numbers first.
 */
function written({ field, comparison, value }: Condition): string {
  if (typeof value === 'number') {
    const [order, equality] = [ORDERS[comparison], EQUALITIES[comparison]];
    if (order) return `(${field} | tonumber? // null | . != null and . ${order} ${value})`;
    if (equality) return `(${field} | tonumber? // null | . ${equality} ${value})`;
  }
  const literal = JSON.stringify(value);
  const text = `${field} // "" | tostring | ascii_downcase | contains(${JSON.stringify(asciiLower(String(value)))})`;
  switch (comparison) {
    case 'is':
      return `${field} == ${literal}`;
    case 'isNot':
      return `${field} != ${literal}`;
    case 'above':
      return `${field} > ${literal}`;
    case 'atLeast':
      return `${field} >= ${literal}`;
    case 'below':
      return `(${field} != null and ${field} < ${literal})`;
    case 'atMost':
      return `(${field} != null and ${field} <= ${literal})`;
    case 'contains':
      return `(${text})`;
    case 'containsNot':
      return `(${text} | not)`;
    case 'exists':
      return `${field} != null`;
    case 'missing':
      return `${field} == null`;
    case 'empty':
      return `(${field} | . == null or . == "" or . == [] or . == {})`;
    case 'notEmpty':
      return `(${field} | . != null and . != "" and . != [] and . != {})`;
    case 'holds':
      return field;
  }
}

const KEY = String.raw`"(?:[^"\\]|\\.)*"`;
const STEP = String.raw`(?:\.[A-Za-z_]\w*|\.?\[(?:\d+|${KEY})\])`;
const FIELD = String.raw`(?:\$[A-Za-z_]\w*${STEP}*|\.[A-Za-z_]\w*${STEP}*|\.\[(?:\d+|${KEY})\]${STEP}*|\.(?![\w[."]))`;
const VALUE = String.raw`(?<value>"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false)(?![\w.])`;
const NAMED = `(?<field>${FIELD})`;
const TEXT = String.raw`${NAMED} // "" \| tostring \| ascii_downcase \| contains\(${VALUE}\)`;

const SIGNS: Readonly<Record<string, Comparison>> = {
  '==': 'is',
  '!=': 'isNot',
  '>': 'above',
  '>=': 'atLeast',
  '<': 'below',
  '<=': 'atMost',
};

/** What stands at the beginning of a text, with the comparison that it is. */
const SHAPES: readonly [RegExp, (groups: Readonly<Record<string, string | undefined>>) => Comparison][] = [
  [new RegExp(String.raw`^\(${TEXT}\)`), () => 'contains'],
  [new RegExp(String.raw`^\(${TEXT} \| not\)`), () => 'containsNot'],
  [
    new RegExp(String.raw`^\(${NAMED} \| tonumber\? // null \| \. != null and \. (?<sign>[<>]=?) (?=[-\d])${VALUE}\)`),
    ({ sign = '' }) => SIGNS[sign] ?? 'is',
  ],
  [
    new RegExp(String.raw`^\(${NAMED} \| tonumber\? // null \| \. (?<sign>[!=]=) (?=[-\d])${VALUE}\)`),
    ({ sign = '' }) => SIGNS[sign] ?? 'is',
  ],
  [
    new RegExp(String.raw`^\(${NAMED} != null and \k<field> (?<sign><=?) ${VALUE}\)`),
    ({ sign = '' }) => SIGNS[sign] ?? 'is',
  ],
  [new RegExp(String.raw`^\(${NAMED} \| \. == null or \. == "" or \. == \[\] or \. == \{\}\)`), () => 'empty'],
  [new RegExp(String.raw`^\(${NAMED} \| \. != null and \. != "" and \. != \[\] and \. != \{\}\)`), () => 'notEmpty'],
  [new RegExp(String.raw`^${NAMED}\s*(?<sign>[!=]=)\s*null\b`), ({ sign }) => (sign === '==' ? 'missing' : 'exists')],
  [new RegExp(String.raw`^${NAMED}\s*(?<sign>==|!=|>=|>)\s*${VALUE}`), ({ sign = '' }) => SIGNS[sign] ?? 'is'],
  [new RegExp(String.raw`^${NAMED}(?=\s|$)`), () => 'holds'],
];

/** Of an expression without the mark around it; null for one that is no list of conditions. */
export function conditionsOf(expression: string): Conditions | null {
  const all: Condition[] = [];
  let join: Conditions['join'] | undefined;
  for (let rest = expression.trim(); ; ) {
    const found = conditionAt(rest);
    if (!found) return null;
    all.push(found.condition);
    rest = rest.slice(found.length);
    if (rest === '') return { join: join ?? 'and', all };
    const [whole = '', word] = /^\s+(and|or)\s+/.exec(rest) ?? [];
    if ((word !== 'and' && word !== 'or') || (join !== undefined && join !== word)) return null;
    join = word;
    rest = rest.slice(whole.length);
  }
}

function conditionAt(text: string): { condition: Condition; length: number } | null {
  for (const [shape, comparisonOf] of SHAPES) {
    const { 0: whole = '', groups } = shape.exec(text) ?? {};
    if (!groups) continue;
    const { field = '', value: literal } = groups;
    const comparison = comparisonOf(groups);
    const value = literal === undefined ? '' : literalOf(literal);
    if (value === null || !isField(field)) return null;
    const isText = comparison === 'contains' || comparison === 'containsNot';
    // What nothing that is lowered can hold was written by somebody.
    if (isText && (typeof value !== 'string' || asciiLower(value) !== value)) return null;
    return { condition: { field, comparison, value }, length: whole.length };
  }
  return null;
}

/** Null where jq allows what JSON does not, `"\(.other)"`, and for numbers that would become others here. */
function literalOf(literal: string): Value | null {
  try {
    const value: unknown = JSON.parse(literal);
    if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : value;
    return typeof value === 'string' || typeof value === 'boolean' ? value : null;
  } catch {
    return null;
  }
}

const WHOLE_FIELD = new RegExp(`^${FIELD}$`);

/** Whether a text leads to a value: names and places, and nothing that works something out. */
export function isField(text: string): boolean {
  return WHOLE_FIELD.test(text) && (text.match(new RegExp(KEY, 'g')) ?? []).every((key) => literalOf(key) !== null);
}

/** A field that somebody writes: `total` means `.total`. Null for what is none. */
export function fieldWritten(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return [trimmed, `.${trimmed}`].find((one) => isField(one)) ?? null;
}

/** One without a field is not finished, and not written. */
export function finished({ all }: Conditions): readonly Condition[] {
  return all.filter(({ field }) => field !== '');
}
