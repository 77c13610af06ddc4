/**
 * Where the text of a workflow is changed: plainly, until somebody looks at it as text, and by CodeMirror from then on, which
 * does again what was done before, so that one history undoes all of it.
 */
import { applied, type Change, difference } from '../edits/text.ts';

export interface Sheet {
  text(): string;
  /** By the graph or a form; `isTyping` joins what is undone together. */
  change(changes: readonly Change[], isTyping: boolean): void;
  undo(): void;
  redo(): void;
  depths(): { canUndo: boolean; canRedo: boolean };
  /** Chooses the place without taking the focus. */
  show(offset: number): void;
  /** Puts the cursor there. */
  goTo(offset: number): void;
  mark(range: { from: number; to: number } | null): void;
  /** Null where nobody can have put it. */
  cursor(): number | null;
  hasFocus(): boolean;
  past(): Past;
}

/** Where places of a text are after a change: CodeMirror's `ChangeDesc`. */
export interface Moves {
  mapPos(offset: number, side?: number): number;
  composeDesc(later: Moves): Moves;
}

/** What the sheet tells of every change. */
export interface Written {
  text: string;
  by: 'form' | 'undo' | 'person';
  /** Where places of the text before are now; null where it was read at once. */
  changes: Moves | null;
}

/** A text with what was done to it, the last of which may be undone. */
export interface Past {
  text: string;
  steps: readonly Change[];
  undone: number;
}

interface Step {
  before: string;
  after: string;
  /** When something was typed last: what follows soon is undone with it. */
  typedAt: number;
}

/** As CodeMirror joins them. */
const JOINED_MS = 500;

export function createPlainSheet(given: string, tell: (written: Written) => void): Sheet {
  let text = given;
  let steps: Step[] = [];
  let done = 0;

  return {
    text: () => text,
    change(changes, isTyping) {
      const now = performance.now();
      const last = done === steps.length ? steps.at(-1) : undefined;
      const after = applied(text, changes);
      if (isTyping && last && now - last.typedAt < JOINED_MS) {
        last.after = after;
        last.typedAt = now;
      } else {
        const step = { before: text, after, typedAt: isTyping ? now : Number.NEGATIVE_INFINITY };
        steps = [...steps.slice(0, done), step];
        done += 1;
      }
      text = after;
      tell({ text, by: 'form', changes: null });
    },
    undo: () => move(-1),
    redo: () => move(1),
    depths: () => ({ canUndo: done > 0, canRedo: done < steps.length }),
    show: () => undefined,
    goTo: () => undefined,
    mark: () => undefined,
    cursor: () => null,
    hasFocus: () => false,
    past: () => ({
      text: given,
      steps: steps.flatMap(({ before, after }) => difference(before, after) ?? []),
      undone: steps.slice(done).filter(({ before, after }) => before !== after).length,
    }),
  };

  function move(by: -1 | 1): void {
    const step = steps[by < 0 ? done - 1 : done];
    if (!step) return;
    done += by;
    text = by < 0 ? step.before : step.after;
    tell({ text, by: 'undo', changes: null });
  }
}
