/** Where tasks stand of which some are left out, come again or stand beside others: by dagre, which only such lists need. */
import dagre from '@dagrejs/dagre';
import type { Course, Placed, Plan, PlannedWay, Point } from './layout.ts';

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
  const placed = { width, height, middles, ways: courses };
  return isTurned(ways, courses) ? turned(placed) : placed;
}

/** Whether cases stand from right to left: the library minds crossings alone. */
function isTurned(ways: readonly PlannedWay[], courses: Placed['ways']): boolean {
  const sides = [...Map.groupBy(ways, ({ from }) => from).values()].flatMap((same) => {
    const labels = same.flatMap(({ id }) => courses.get(id)?.labelAt ?? []);
    return labels.slice(1).map(({ x }, index) => Math.sign(x - (labels[index]?.x ?? x)));
  });
  return sides.reduce((sum, side) => sum + side, 0) < 0;
}

/** The same with left and right changed. */
function turned({ width, height, middles, ways }: Placed): Placed {
  const over = ({ x, y }: Point): Point => ({ x: width - x, y });
  return {
    width,
    height,
    middles: new Map([...middles].map(([id, point]) => [id, over(point)])),
    ways: new Map(
      [...ways].map(([id, { points, labelAt }]) => [
        id,
        { points: points.map(over), labelAt: labelAt && over(labelAt) },
      ]),
    ),
  };
}
