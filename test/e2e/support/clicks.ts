/** Counts what a person presses: clicks of the mouse and Enter, with or without Ctrl. What they write is not counted. */
import type { Visitor } from './visitor.ts';

const WATCH = `
addEventListener('click', (event) => event.isTrusted && event.detail > 0 && countPress(), { capture: true });
addEventListener('keydown', (event) => event.isTrusted && event.key === 'Enter' && countPress(), { capture: true });
`;

export interface Presses {
  /** Since this was asked before. */
  taken(): number;
}

/** Before the first page; the visitor is one that nobody uses again. */
export async function countPresses({ context }: Visitor): Promise<Presses> {
  let count = 0;
  await context.exposeFunction('countPress', () => void count++);
  await context.addInitScript(WATCH);
  return {
    taken() {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}
