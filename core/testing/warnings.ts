/** What the platforms of this process have warned of: shown beside a test that failed, where it often says why. */

const MOST_LINES = 20;

let lines: string[] = [];

/** Where their logs go. */
export const warnings = {
  write(text: string): void {
    lines.push(text.trimEnd());
    if (lines.length > MOST_LINES) lines.shift();
  },
};

/** The last lines since this was asked before, and forgets them. */
export function takeWarnings(): string[] {
  const taken = lines;
  lines = [];
  return taken;
}
