/** The layout as nodes and edges of xyflow, with how each task stands. */
import type { Edge, Node } from '@xyflow/react';
import type { Box, Layout, Line } from './layout.ts';
import type { TaskStates } from './states.ts';

export interface TaskData extends Record<string, unknown> {
  box: Box;
  status: string | null;
  note: string | null;
  problem: string | null;
  isSelected: boolean;
}
export type TaskFlowNode = Node<TaskData, 'task' | 'container' | 'pill'>;

export interface LineData extends Record<string, unknown> {
  line: Line;
  isLit: boolean;
}
export type LineFlowEdge = Edge<LineData, 'line'>;

export interface Shown {
  states: TaskStates;
  problems: ReadonlyMap<string, string>;
  selected: string | null;
}

export function nodesOf({ boxes }: Layout, { states, problems, selected }: Shown): TaskFlowNode[] {
  return boxes.map((box): TaskFlowNode => {
    const state = states.get(box.id);
    const { id, width, height, depth, task } = box;
    const [status, problem] = [state?.status ?? null, problems.get(id) ?? null];
    const isSelected = id === selected;
    return {
      id,
      width,
      height,
      position: { x: box.x, y: box.y },
      zIndex: 2 * depth,
      draggable: false,
      type: box.kind === 'task' || box.kind === 'container' ? box.kind : 'pill',
      selected: isSelected,
      selectable: task !== null,
      focusable: task !== null,
      data: { box, status, note: state?.note ?? null, problem, isSelected },
      ...(task
        ? {
            ariaRole: 'button',
            domAttributes: { 'aria-pressed': isSelected, 'aria-roledescription': undefined },
          }
        : { ariaRole: 'presentation', domAttributes: { 'aria-hidden': true, 'aria-roledescription': undefined } }),
    };
  });
}

export function edgesOf({ lines }: Layout, states: TaskStates): LineFlowEdge[] {
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
    data: { line, isLit: states.size > 0 && wasThere(line.from) && wasThere(line.to) },
  }));
}
