/** The layout as nodes and edges of xyflow, with how each task stands. */
import type { Edge, Node } from '@xyflow/react';
import type { Box, Layout, Line } from './layout.ts';
import type { TaskStates } from './states.ts';

/** What starts the workflow, as it stands at the beginning of its tasks. */
export interface TriggerCard {
  title: string;
  text: string;
}

export interface TaskData extends Record<string, unknown> {
  box: Box;
  trigger: TriggerCard | null;
  status: string | null;
  note: string | null;
  problem: string | null;
  isSelected: boolean;
  /** While the workflow is tried, it gives what was put in its place. */
  isPinned: boolean;
}
export type TaskFlowNode = Node<TaskData, 'task' | 'container' | 'pill' | 'trigger'>;

export interface LineData extends Record<string, unknown> {
  line: Line;
  isLit: boolean;
  /** Says where a step would go, and puts one there. */
  insert: { label: string; run(): void } | null;
}
export type LineFlowEdge = Edge<LineData, 'line'>;

export interface Shown {
  states: TaskStates;
  problems: ReadonlyMap<string, string>;
  selected: string | null;
  pinned: ReadonlySet<string>;
  /** In the place of the circle with which the outermost list begins. */
  trigger: TriggerCard | null;
  mayChooseTrigger: boolean;
}

export function nodesOf({ boxes }: Layout, shown: Shown): TaskFlowNode[] {
  const { states, problems, selected, mayChooseTrigger } = shown;
  return boxes.map((box): TaskFlowNode => {
    const trigger = box.kind === 'start' && box.depth === 0 ? shown.trigger : null;
    const isButton = box.task !== null || (trigger !== null && mayChooseTrigger);
    const state = states.get(box.id);
    const { id, width, height, depth } = box;
    const [status, problem] = [state?.status ?? null, problems.get(id) ?? null];
    const isSelected = id === selected;
    return {
      id,
      width,
      height,
      position: { x: box.x, y: box.y },
      zIndex: 2 * depth,
      draggable: false,
      type: box.kind === 'task' || box.kind === 'container' ? box.kind : trigger ? 'trigger' : 'pill',
      selected: isSelected,
      selectable: isButton,
      focusable: isButton,
      data: { box, trigger, status, note: state?.note ?? null, problem, isSelected, isPinned: shown.pinned.has(id) },
      ...(isButton
        ? {
            ariaRole: 'button',
            domAttributes: { 'aria-pressed': isSelected, 'aria-roledescription': undefined },
          }
        : trigger
          ? { ariaRole: 'group', domAttributes: { 'aria-roledescription': undefined } }
          : { ariaRole: 'presentation', domAttributes: { 'aria-hidden': true, 'aria-roledescription': undefined } }),
    };
  });
}

export function edgesOf(
  { lines }: Layout,
  states: TaskStates,
  insertAt: (line: Line) => LineData['insert'] = () => null,
): LineFlowEdge[] {
  const wasThere = (id: string): boolean => {
    const status = states.get(id)?.status;
    return id.includes('#') || (status !== undefined && status !== 'skipped');
  };
  return lines.map((line) => ({
    id: line.id,
    source: line.from,
    target: line.to,
    type: 'line',
    zIndex: 2 * line.depth + 1,
    focusable: false,
    selectable: false,
    ariaRole: 'img',
    domAttributes: { 'aria-hidden': true },
    data: { line, isLit: states.size > 0 && wasThere(line.from) && wasThere(line.to), insert: insertAt(line) },
  }));
}
