/** What must not be seen: the texts inside the values of secrets, and data that shows them. */
import type { Services } from '#core/plugin.ts';

/** Shorter values are words that appear anywhere. */
const SHORTEST_SECRET = 4;
const PURPOSE = 'workflows.data';
const SEALED = '{"$sealed":';

/** As they stand in JSON: quotes and backslashes of a secret are written with a backslash there. */
export function secretTexts(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= SHORTEST_SECRET ? [JSON.stringify(value).slice(1, -1)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretTexts);
}

/**
 * JSON of an execution as it is stored: encrypted when one of the texts is in it. Which of them are in it is kept
 * with it: a token that a server has given is in no list of secrets, and must stay hidden after a restart.
 */
export function sealed(
  { secrets }: Pick<Services, 'secrets'>,
  executionId: string,
  text: string,
  hidden: Iterable<string>,
): string {
  const $hidden = [...hidden].filter((secret) => text.includes(secret));
  // What only looks like sealed data came from outside; nobody could open it.
  if ($hidden.length === 0 && !isSealed(text)) return text;
  return JSON.stringify({
    $sealed: secrets.seal(PURPOSE, text, executionId),
    $hidden: secrets.seal(PURPOSE, JSON.stringify($hidden), executionId),
  });
}

export function isSealed(text: string): boolean {
  return text.startsWith(SEALED);
}

/** Opens what `sealed` closed. */
export function unsealed({ secrets }: Pick<Services, 'secrets'>, executionId: string, text: string): string {
  if (!isSealed(text)) return text;
  return secrets.open(PURPOSE, JSON.parse(text).$sealed, executionId).toString('utf8');
}

/** The texts for which it was sealed. */
export function hiddenIn(
  { secrets }: Pick<Services, 'secrets'>,
  executionId: string,
  texts: readonly (string | null)[],
): string[] {
  return texts.flatMap((text) => {
    const $hidden = text !== null && isSealed(text) && JSON.parse(text).$hidden;
    return $hidden ? JSON.parse(secrets.open(PURPOSE, $hidden, executionId).toString('utf8')) : [];
  });
}
