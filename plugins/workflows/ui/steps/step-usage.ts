/** Which steps a person takes most in this browser; until they have taken some, those that most automations have. */
import { isRecord } from 'patchbay-platform/ui';

const KEY = 'patchbay.workflows.steps';
const SHOWN = 6;
const MOST_KEPT = 200;
const USUAL = ['call:http', 'mail.send', 'switch', 'ai.classify', 'mail.reply', 'set'];

export function countStep(key: string): void {
  const counts = kept();
  counts.set(key, (counts.get(key) ?? 0) + 1);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...counts].slice(-MOST_KEPT))));
  } catch {
    // A browser that keeps nothing shows the usual ones.
  }
}

/** Of those that there are, the dearest first. */
export function mostUsed(keys: ReadonlySet<string>): string[] {
  const own = [...kept()].sort(([, one], [, other]) => other - one).map(([key]) => key);
  return [...new Set([...own, ...USUAL])].filter((key) => keys.has(key)).slice(0, SHOWN);
}

function kept(): Map<string, number> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (!isRecord(found)) return new Map();
    return new Map(Object.entries(found).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return new Map();
  }
}
