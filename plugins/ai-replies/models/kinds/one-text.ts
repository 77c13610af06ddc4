/** For providers that take one text: instructions, what was said, and what the answer has to look like. */
import { messageOf } from '#core/kit.ts';
import { type KindRequest, type KindTurn, ProviderFailure } from './kind.ts';

export function asOneText({ instructions, messages, schema }: KindRequest): string {
  const said = messages.map(({ role, text }) => `${role === 'user' ? 'User' : 'Assistant'}: ${text}`);
  const form = schema ? `Answer with JSON alone that keeps to this schema: ${JSON.stringify(schema)}` : '';
  return [instructions, ...said, form].filter((part) => part !== '').join('\n\n');
}

/** One event's JSON object. Throws a failure for anything else. */
export function objectOf(data: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new ProviderFailure(`It answers with what is no JSON: ${messageOf(error)}`, { cause: error });
  }
  throw new ProviderFailure('It answers with JSON that is no object');
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** No call reads or writes more tokens: what says so lies, and its sums would be more than a database counts. */
const MOST_TOKENS = 100_000_000;
/** A whole number; null for what is none. */
export const countOf = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 ? Math.min(Math.ceil(value), MOST_TOKENS) : null;

const LONGEST_ID = 200;

/** An assistant's id of a conversation, as it is; what is no id that can be kept and given back unchanged is none. */
function sessionOf(value: unknown): string | null {
  const text = textOf(value);
  return text !== '' && text.length <= LONGEST_ID && text.isWellFormed() && !/\p{Cc}/u.test(text) ? text : null;
}

/** Whoever listens hears of the id, each time that it is said. */
export function reportSession(value: unknown, turn: KindTurn | null): void {
  const session = turn ? sessionOf(value) : null;
  if (session !== null) turn?.began(session);
}

/** Of an address that may end with slashes. */
export function rootOf(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '');
}
