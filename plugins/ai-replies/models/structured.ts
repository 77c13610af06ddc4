/** JSON out of what a model has written. Models wrap it in fences and sentences, also when they are told not to. */
import type { Check } from '#core/kit.ts';
import { parsedStorable } from '../sanitize-json.ts';
import { ProviderFailure } from './kinds/kind.ts';
import type { OutsideCheck } from './outside-schemas.ts';
import { withoutThoughts } from './reasoning.ts';
import type { LooseForm } from './types.ts';

/** Parsing and checking hold up everybody; what is asked for is answered in far less. */
const MOST_CHARACTERS = 200_000;
/** What a model may say in plain words, as what it says in a form. */
const MOST_WORDS = 20_000;

/** The value, checked, with texts that every database takes. Throws a failure for text without JSON, for JSON of another form, and for what is too long. */
export async function structuredValue(text: string, check: Check | OutsideCheck): Promise<unknown> {
  refuseLonger(text, MOST_CHARACTERS);
  const found = foundIn(text);
  if (!found) throw new ProviderFailure('The answer is no JSON');
  const issues = await check(found.value);
  if (!issues) return found.value;
  throw anotherForm(issues);
}

/**
 * The same where a form helps and is no condition: null for plain words, which are the answer. JSON that means nothing, or is
 * broken, and a function that is called in words are read to nobody.
 */
export async function looseValue(text: string, check: Check | OutsideCheck, loose: LooseForm): Promise<unknown> {
  refuseLonger(text, MOST_CHARACTERS);
  const found = foundIn(text);
  const json = found && typeof found.value === 'object' && found.value !== null ? found : null;
  const issues = json ? await check(json.value) : null;
  if (json && !issues) return json.value;
  const words = withoutThoughts(text).trim();
  if (words === '') throw new ProviderFailure('The answer is empty');
  const value = loose.meant(json?.isAll ? json.value : words);
  if (value !== null) return value;
  if (json?.isAll) throw anotherForm(issues ?? []);
  if (BROKEN.test(words) || loose.broken.test(words))
    throw new ProviderFailure('The answer is neither JSON nor words for anybody');
  refuseLonger(words, MOST_WORDS);
  return null;
}

/** JSON that has gone wrong, and what models write whose server does not know their calls. */
const BROKEN =
  /^\s*(?:```(?:json)?\s*)?[{[]\s*["'{]|<\/?(?:tool_call|function_call|tools?)>|\[TOOL_CALLS\]|<\|python_tag\|>/;

function refuseLonger(text: string, most: number): void {
  if (text.length > most) throw new ProviderFailure(`The answer has more than ${most} characters`);
}

function anotherForm(issues: readonly { path: readonly PropertyKey[]; message: string }[]): ProviderFailure {
  const [first] = issues;
  return new ProviderFailure(
    `The answer has another form than was asked for: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}`,
  );
}

interface Found {
  value: unknown;
  /** Nothing is said beside it. */
  isAll: boolean;
}

/** As it is, without thoughts, what stands in a fence, and from the first brace to the last. */
function foundIn(text: string): Found | null {
  const whole = objectIn(text);
  if (whole) return { ...whole, isAll: true };
  const said = withoutThoughts(text);
  const without = objectIn(said);
  if (without) return { ...without, isAll: true };
  const fence = /```(?:json)?[ \t]*\n([\s\S]*?)\n?```/.exec(said);
  const fenced = fence?.[1] === undefined ? null : objectIn(fence[1]);
  if (fenced) return { ...fenced, isAll: said.trim() === fence?.[0] };
  const from = said.indexOf('{');
  const to = said.lastIndexOf('}');
  const between = from >= 0 && to > from ? objectIn(said.slice(from, to + 1)) : null;
  return between && { ...between, isAll: false };
}

/** Null for what is no JSON. */
function objectIn(text: string): { value: unknown } | null {
  try {
    return { value: parsedStorable(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
