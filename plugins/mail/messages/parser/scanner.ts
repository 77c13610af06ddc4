/**
 * Finds words in a text, going forward only. A word that is not there any more is not looked for again, and one that was
 * found ahead is remembered, so that all searches for one word together cost the text once.
 */
export interface Scanner {
  text: string;
  /** Where the word stands next, without regard to case, at or after `from`; -1 when it does not. */
  find(word: string, from: number): number;
  /** Characters that were looked at. */
  steps(): number;
}

export function createScanner(text: string): Scanner {
  const found = new Map<string, { from: number; at: number }>();
  const lower = lowered(text);
  let steps = text.length;

  return {
    text,
    steps: () => steps,
    find(word, from) {
      const known = found.get(word);
      if (known && from >= known.from && (known.at < 0 || from <= known.at)) return known.at;
      const at = lower.indexOf(word, from);
      steps += (at < 0 ? text.length : at) - from;
      found.set(word, { from, at });
      return at;
    },
  };
}

/** Letters like İ become two in lower case, and every place behind them would be wrong: then only ASCII is lowered. */
function lowered(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
