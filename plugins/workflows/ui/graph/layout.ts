/**
 * Where the tasks stand: each list is laid out by itself, the inner ones first, so that a task with lists inside is a box of
 * fixed size for the list around it. All places are those of the whole graph, in pixels. A list of which each task leads to the
 * next one is a column; others are for a library that is loaded for them, `spread.ts`.
 */
import type { TaskList, TaskNode } from './tasks.ts';

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  /** The pointer of its task, or of its list with `#start` or `#end`. */
  id: string;
  width: number;
  height: number;
  /** Null for the beginning and the end of a list. */
  task: TaskNode | null;
  kind: 'task' | 'container' | 'start' | 'end';
  /** Headings of the lists in a container, beside one another. */
  headings: readonly (Point & { role: TaskList['role'] })[];
  depth: number;
}

export interface Line {
  id: string;
  from: string;
  to: string;
  points: readonly Point[];
  label: string | null;
  labelAt: Point | null;
  /** What its task ends with to lead here; empty for the way from the beginning of a list. */
  exits: readonly string[];
  depth: number;
}

export interface Layout {
  width: number;
  height: number;
  boxes: readonly Box[];
  lines: readonly Line[];
}

export const SIZES = {
  task: { width: 216, height: 54 },
  pill: { width: 20, height: 20 },
  trigger: { width: 280, height: 76 },
  header: 46,
  heading: 22,
};
/** Around a list. */
const GAP = 16;
/** Between a task and the one below. */
const BETWEEN = 34;
const LETTER = 7;
/** Of scripts whose letters are squares. */
const WIDE = /[\u2e80-\uffef]/g;
const WIDE_LETTER = 11;
const LABEL_PX = 20;
/** Beside a label, for the button that puts a step there. */
const BESIDE = 28;

/** How wide a label is, as far as one can say without drawing it. */
export function labelWidth(label: string): number {
  const wide = label.match(WIDE)?.length ?? 0;
  return (label.length - wide) * LETTER + wide * WIDE_LETTER + 12;
}

export interface Size {
  width: number;
  height: number;
}

/** A list to be laid out: how large its boxes are, and which leads where. */
export interface Plan {
  around: number;
  between: number;
  sizes: ReadonlyMap<string, Size>;
  ways: readonly PlannedWay[];
}

export interface PlannedWay {
  id: string;
  from: string;
  to: string;
  label: string | null;
  exits: readonly string[];
  /** What its label needs, with the button beside it. */
  room: Size;
  /** Keeps the one below the other; nothing is drawn. */
  isHidden: boolean;
}

/** Where a way goes. */
export interface Course {
  points: readonly Point[];
  labelAt: Point | null;
}

export interface Placed extends Size {
  /** The middle of each box. */
  middles: ReadonlyMap<string, Point>;
  /** By the id of the way. */
  ways: ReadonlyMap<string, Course>;
}

export type Spread = (plan: Plan) => Placed;

/** Whether a list, or one inside of it, is more than columns. */
export function hasBranches(list: TaskList): boolean {
  return (
    (!list.isParallel && !isColumn(list, planOf(list, new Map()))) ||
    list.tasks.some(({ lists }) => lists.some((inner) => hasBranches(inner)))
  );
}

interface Drawing {
  /** May be missing where nothing has branches. */
  spread: Spread | null;
  /** Cases that lead to the same place are one way: which of them it was is not said by where it led. */
  isJoined: boolean;
}

/** The graph of a list of tasks, with everything inside of it. `start` is how large the box of its beginning is. */
export function layoutOf(list: TaskList, drawing: Drawing, depth = 0, start: Size = SIZES.pill): Layout {
  if (list.isParallel) return beside(list, drawing, depth);
  const { spread, isJoined } = drawing;
  const inner = new Map(list.tasks.map((task) => [task.pointer, taskLayout(task, drawing, depth)]));
  const ends = endsOf(list);
  const sizes = new Map<string, Size>([[ends.start, start], [ends.end, SIZES.pill], ...inner]);
  const plan = planOf(list, sizes, isJoined);
  const { width, height, middles, ways } = spread && !isColumn(list, plan) ? spread(plan) : column(plan);

  const placed = (id: string, { width, height }: Size): Point => {
    const { x, y } = middles.get(id) ?? { x: 0, y: 0 };
    return { x: x - width / 2, y: y - height / 2 };
  };
  const boxes: Box[] = [];
  const lines: Line[] = [];
  for (const kind of ['start', 'end'] as const) {
    const [id, size] = [ends[kind], kind === 'start' ? start : SIZES.pill];
    boxes.push({ id, ...size, ...placed(id, size), kind, task: null, headings: [], depth });
  }
  for (const [pointer, layout] of inner) {
    const { x, y } = placed(pointer, layout);
    boxes.push(...layout.boxes.map((box) => movedBox(box, x, y)));
    lines.push(...layout.lines.map((line) => movedLine(line, x, y)));
  }
  for (const { id, from, to, label, exits, isHidden } of plan.ways) {
    const way = ways.get(id);
    if (isHidden || !way) continue;
    lines.push({ id, from, to, label, exits, depth, ...way });
  }
  return { width, height, boxes, lines };
}

function endsOf({ pointer }: TaskList): { start: string; end: string } {
  return { start: `${pointer}#start`, end: `${pointer}#end` };
}

/** What of a list there is to lay out. */
export function planOf(list: TaskList, sizes: Plan['sizes'], isJoined = false): Plan {
  const { tasks } = list;
  const ends = endsOf(list);
  const byName = new Map(tasks.map(({ name, pointer }) => [name, pointer]));
  const ways: PlannedWay[] = [];
  const lead = (way: Pick<PlannedWay, 'id' | 'from' | 'to'> & Partial<PlannedWay>): void => {
    const { label = null } = way;
    const room = label === null ? { width: 0, height: 0 } : { width: labelWidth(label) + BESIDE, height: LABEL_PX };
    ways.push({ exits: [], isHidden: false, ...way, label, room });
  };
  lead({ id: `${ends.start}>`, from: ends.start, to: tasks[0]?.pointer ?? ends.end });
  for (const [index, { pointer, exits }] of tasks.entries()) {
    const next = tasks[index + 1]?.pointer ?? ends.end;
    const led = exits.map(({ to, label }, number) => ({
      id: `${pointer}>${number}`,
      to: to === 'continue' ? next : (byName.get(to) ?? ends.end),
      label,
      exits: [to],
    }));
    for (const way of isJoined ? joined(led) : led) lead({ ...way, from: pointer });
  }
  // What nothing leads to stands below what is written before it, not beside the beginning.
  const reached = new Set(ways.map(({ to }) => to));
  for (const [index, { pointer }] of tasks.entries()) {
    const before = tasks[index - 1];
    if (before && !reached.has(pointer)) lead({ id: `${pointer}<`, from: before.pointer, to: pointer, isHidden: true });
  }
  return { around: GAP, between: BETWEEN, sizes, ways };
}

/** Ways to the same place as one, by the names of all. */
function joined<Led extends Pick<PlannedWay, 'to' | 'label' | 'exits'>>(ways: readonly Led[]): Led[] {
  return [...Map.groupBy(ways, ({ to }) => to).values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const label = same.flatMap((way) => way.label ?? []).join(' / ') || null;
    return [{ ...first, label, exits: same.flatMap(({ exits }) => exits) }];
  });
}

/** Each leads to the one that is written after it, with nothing to say about that. */
function isColumn(list: TaskList, { ways }: Plan): boolean {
  const { end } = endsOf(list);
  return (
    ways.every(
      ({ to, label, isHidden }, index) => label === null && !isHidden && to === (ways[index + 1]?.from ?? end),
    ) && ways.at(-1)?.to === end
  );
}

/** One below the other. */
export function column({ around, between, sizes, ways }: Plan): Placed {
  const widest = Math.max(0, ...[...sizes.values()].map(({ width }) => width));
  const x = around + widest / 2;
  const middles = new Map<string, Point>();
  const drawn = new Map<string, Course>();
  let bottom = around;
  const put = (id: string): void => {
    const height = sizes.get(id)?.height ?? 0;
    middles.set(id, { x, y: bottom + height / 2 });
    bottom += height;
  };
  put(ways[0]?.from ?? '');
  for (const { id, to } of ways) {
    const points = [0, between / 2, between].map((below) => ({ x, y: bottom + below }));
    drawn.set(id, { points, labelAt: null });
    bottom += between;
    put(to);
  }
  return { width: widest + 2 * around, height: bottom + around, middles, ways: drawn };
}

/** Branches: beside one another, with nothing between them. */
function beside(list: TaskList, drawing: Drawing, depth: number): Layout {
  let x = GAP;
  let height = 0;
  const boxes: Box[] = [];
  const lines: Line[] = [];
  for (const task of list.tasks) {
    const layout = taskLayout(task, drawing, depth);
    boxes.push(...layout.boxes.map((box) => movedBox(box, x, GAP)));
    lines.push(...layout.lines.map((line) => movedLine(line, x, GAP)));
    x += layout.width + GAP;
    height = Math.max(height, layout.height);
  }
  return { width: Math.max(x, 2 * GAP), height: height + 2 * GAP, boxes, lines };
}

/** One task: a card, or a box around its lists. */
function taskLayout(task: TaskNode, drawing: Drawing, depth: number): Layout {
  const { pointer, lists } = task;
  const common = { id: pointer, x: 0, y: 0, task, depth };
  if (lists.length === 0)
    return { ...SIZES.task, boxes: [{ ...common, ...SIZES.task, kind: 'task', headings: [] }], lines: [] };
  const hasHeadings = lists.length > 1 || lists.some(({ role }) => role !== 'do');
  const top = SIZES.header + (hasHeadings ? SIZES.heading : 0);
  const inner: Box[] = [];
  const lines: Line[] = [];
  const headings: Box['headings'][number][] = [];
  let x = 0;
  let height = 0;
  for (const list of lists) {
    const layout = layoutOf(list, drawing, depth + 1);
    if (hasHeadings) headings.push({ role: list.role, x: x + GAP, y: SIZES.header });
    inner.push(...layout.boxes.map((box) => movedBox(box, x, top)));
    lines.push(...layout.lines.map((line) => movedLine(line, x, top)));
    x += layout.width;
    height = Math.max(height, layout.height);
  }
  const size = { width: Math.max(x, SIZES.task.width), height: top + height };
  // Narrow lists stand in the middle of a header that is wider.
  const shift = (size.width - x) / 2;
  const shifted = headings.map((heading) => ({ ...heading, x: heading.x + shift }));
  return {
    ...size,
    boxes: [
      { ...common, ...size, kind: 'container', headings: shifted },
      ...inner.map((box) => movedBox(box, shift, 0)),
    ],
    lines: lines.map((line) => movedLine(line, shift, 0)),
  };
}

function movedBox(box: Box, x: number, y: number): Box {
  return { ...box, x: box.x + x, y: box.y + y };
}

function movedLine(line: Line, x: number, y: number): Line {
  const moved = (point: Point): Point => ({ x: point.x + x, y: point.y + y });
  return { ...line, points: line.points.map(moved), labelAt: line.labelAt && moved(line.labelAt) };
}
