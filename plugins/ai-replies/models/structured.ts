/** JSON out of what a model has written. Models wrap it in fences and sentences, also when they are told not to. */
import type { Check } from '#core/kit.ts';
import { parsedStorable } from '../sanitize-json.ts';
import { ProviderFailure } from './kinds/kind.ts';
import type { OutsideCheck } from './outside-schemas.ts';

/** Parsing and checking hold up everybody; what is asked for is answered in far less. */
const MOST_CHARACTERS = 200_000;

/** The value, checked, with texts that every database takes. Throws a failure for text without JSON, for JSON of another form, and for what is too long. */
export async function structuredValue(text: string, check: Check | OutsideCheck): Promise<unknown> {
  if (text.length > MOST_CHARACTERS)
    throw new ProviderFailure(`The answer has more than ${MOST_CHARACTERS} characters`);
  const value = parsed(text);
  const issues = await check(value);
  if (!issues) return value;
  const [first] = issues;
  throw new ProviderFailure(
    `The answer has another form than was asked for: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}`,
  );
}

/** Whether there is anything in the text that may be such a value. */
export function hasObject(text: string): boolean {
  return text.includes('{') && text.includes('}');
}

function parsed(text: string): unknown {
  for (const candidate of candidates(text)) {
    try {
      return parsedStorable(candidate);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new ProviderFailure('The answer is no JSON');
}

/** As it is, what stands in a fence, and from the first brace to the last. */
function candidates(text: string): string[] {
  const fenced = /```(?:json)?[ \t]*\n([\s\S]*?)\n?```/.exec(text)?.[1];
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  return [
    text,
    ...(fenced === undefined ? [] : [fenced]),
    ...(from >= 0 && to > from ? [text.slice(from, to + 1)] : []),
  ];
}
