/**
 * Where the tasks stand: each list is laid out by itself, the inner ones first, so that a task with lists inside is a box of
 * fixed size for the list around it. All places are those of the whole graph, in pixels.
 */
import dagre from '@dagrejs/dagre';
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
  trigger: { width: 244, height: 58 },
  header: 46,
  heading: 22,
};
const GAP = 16;
const LETTER = 7;
/** Beside a label, for the button that puts a step there. */
const BESIDE = 28;

/** How wide a label is, as far as one can say without drawing it. */
export function labelWidth(label: string): number {
  return label.length * LETTER + 12;
}

export interface Size {
  width: number;
  height: number;
}

/** The graph of a list of tasks, with everything inside of it. `start` is how large the box of its beginning is. */
export function layoutOf(list: TaskList, depth = 0, start: Size = SIZES.pill): Layout {
  if (list.isParallel) return beside(list, depth);
  const inner = new Map(list.tasks.map((task) => [task.pointer, taskLayout(task, depth)]));
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 34, edgesep: 18, marginx: GAP, marginy: GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  const ends = { start: `${list.pointer}#start`, end: `${list.pointer}#end` };
  graph.setNode(ends.start, { ...start });
  graph.setNode(ends.end, { ...SIZES.pill });
  for (const [pointer, { width, height }] of inner) graph.setNode(pointer, { width, height });
  const byName = new Map(list.tasks.map(({ name, pointer }) => [name, pointer]));
  const labels = new Map<string, string | null>();
  const join = (from: string, to: string, label: string | null, name: string): void => {
    labels.set(name, label);
    const width = label === null ? 0 : labelWidth(label) + BESIDE;
    graph.setEdge(
      from,
      to,
      { width, height: label === null ? 0 : 20, labelpos: 'c', weight: label === null ? 2 : 1 },
      name,
    );
  };
  join(ends.start, list.tasks[0]?.pointer ?? ends.end, null, `${ends.start}>`);
  for (const [index, { pointer, exits }] of list.tasks.entries()) {
    const next = list.tasks[index + 1]?.pointer ?? ends.end;
    for (const [number, { to, label }] of exits.entries()) {
      const target = to === 'continue' ? next : (byName.get(to) ?? ends.end);
      join(pointer, target, label, `${pointer}>${number}`);
    }
  }
  // What nothing leads to stands below what is written before it, not beside the beginning.
  const hidden = new Set<string>();
  for (const [index, { pointer }] of list.tasks.entries()) {
    const before = list.tasks[index - 1];
    if (!before || graph.inEdges(pointer)?.length) continue;
    const name = `${pointer}<`;
    hidden.add(name);
    graph.setEdge(before.pointer, pointer, { weight: 1 }, name);
  }
  dagre.layout(graph);

  const placed = (id: string, { width, height }: { width: number; height: number }): Point => {
    const { x, y } = graph.node(id) as Point;
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
  for (const { v, w, name } of graph.edges()) {
    const edge = graph.edge({ v, w, ...(name !== undefined && { name }) }) as { points: Point[] } & Point;
    const id = name ?? `${v}>${w}`;
    if (hidden.has(id)) continue;
    const label = labels.get(id) ?? null;
    lines.push({
      id,
      from: v,
      to: w,
      points: edge.points,
      label,
      depth,
      labelAt: label === null ? null : { x: edge.x, y: edge.y },
    });
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { width, height, boxes, lines };
}

/** Branches: beside one another, with nothing between them. */
function beside(list: TaskList, depth: number): Layout {
  let x = GAP;
  let height = 0;
  const boxes: Box[] = [];
  const lines: Line[] = [];
  for (const task of list.tasks) {
    const layout = taskLayout(task, depth);
    boxes.push(...layout.boxes.map((box) => movedBox(box, x, GAP)));
    lines.push(...layout.lines.map((line) => movedLine(line, x, GAP)));
    x += layout.width + GAP;
    height = Math.max(height, layout.height);
  }
  return { width: Math.max(x, 2 * GAP), height: height + 2 * GAP, boxes, lines };
}

/** One task: a card, or a box around its lists. */
function taskLayout(task: TaskNode, depth: number): Layout {
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
    const layout = layoutOf(list, depth + 1);
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
