/** The layout as cards and ways to draw, with how each task stands. */
import type { Box, Layout, Line } from './layout.ts';
import type { TaskStates } from './states.ts';

/** What starts the workflow, as it stands at the beginning of its tasks. */
export interface TriggerCard {
  title: string;
  text: string;
}

export interface Card {
  box: Box;
  trigger: TriggerCard | null;
  status: string | null;
  note: string | null;
  problem: string | null;
  isSelected: boolean;
  /** While the workflow is tried, it gives what was put in its place. */
  isPinned: boolean;
  /** Can be chosen. */
  isButton: boolean;
}

export interface Way {
  line: Line;
  isLit: boolean;
  /** Says where a step would go, and puts one there. */
  insert: { label: string; run(): void } | null;
}

export interface Shown {
  states: TaskStates;
  problems: ReadonlyMap<string, string>;
  selected: string | null;
  pinned: ReadonlySet<string>;
  /** In the place of the circle with which the outermost list begins. */
  trigger: TriggerCard | null;
  mayChoose: boolean;
  mayChooseTrigger: boolean;
}

export function cardsOf({ boxes }: Layout, shown: Shown): Card[] {
  const { states, problems, selected, mayChoose, mayChooseTrigger } = shown;
  return boxes.map((box) => {
    const trigger = box.kind === 'start' && box.depth === 0 ? shown.trigger : null;
    const state = states.get(box.id);
    return {
      box,
      trigger,
      status: state?.status ?? null,
      note: state?.note ?? null,
      problem: problems.get(box.id) ?? null,
      isSelected: box.id === selected,
      isPinned: shown.pinned.has(box.id),
      isButton: (mayChoose && box.task !== null) || (mayChooseTrigger && trigger !== null),
    };
  });
}

export function waysOf(
  { lines }: Layout,
  states: TaskStates,
  insertAt: (line: Line) => Way['insert'] = () => null,
): Way[] {
  return lines.map((line) => ({ line, isLit: wasTaken(line, states), insert: insertAt(line) }));
}

/** Between tasks that both ran, or from one that ran to the end of its list, in the direction that was taken. */
function wasTaken({ from, to, exits }: Line, states: TaskStates): boolean {
  const isPart = (id: string): boolean => (states.get(id)?.status ?? 'skipped') !== 'skipped';
  const isLed = exits.length === 0 || (isPart(from) && exits.some((exit) => states.get(from)?.taken?.has(exit)));
  return isLed && (isPart(to) || (exits.length > 0 && to.endsWith('#end')));
}
