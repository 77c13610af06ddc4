/** Where tasks stand of which some are left out, come again or stand beside others: by dagre, which only such lists need. */
import dagre from '@dagrejs/dagre';
import type { Course, Placed, Plan, Point } from './layout.ts';

export function spread({ around, between, sizes, ways }: Plan): Placed {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: between, edgesep: 18, marginx: around, marginy: around });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, { width, height }] of sizes) graph.setNode(id, { width, height });
  for (const { id, from, to, label, room, isHidden } of ways) {
    const shown = { ...room, labelpos: 'c', weight: label === null ? 2 : 1 };
    graph.setEdge(from, to, isHidden ? { weight: 1 } : shown, id);
  }
  dagre.layout(graph);

  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const middles = new Map<string, Point>();
  for (const id of sizes.keys()) {
    const { x, y } = graph.node(id) as Point;
    middles.set(id, { x, y });
  }
  const courses = new Map<string, Course>();
  for (const { id, from, to, label } of ways) {
    const { points, x, y } = graph.edge({ v: from, w: to, name: id }) as { points: Point[] } & Point;
    courses.set(id, { points, labelAt: label === null ? null : { x, y } });
  }
  return { width, height, middles, ways: courses };
}
