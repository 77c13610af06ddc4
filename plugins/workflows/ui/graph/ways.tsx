/** The ways between tasks: lines with an arrow, what they are called, and the buttons that put a step there. */
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { memo, useId } from 'react';
import type { Way } from './flow.ts';
import classes from './graph.module.css';
import { type Line, labelWidth, type Point } from './layout.ts';

const ROUNDING = 8;

/** Those of one depth in one drawing, which lies over the boxes around them and under what is inside. */
export const Ways = memo(function Ways({ ways }: { ways: readonly Way[] }) {
  const id = useId();
  const depths = [...Map.groupBy(ways, ({ line }) => line.depth)];
  return depths.map(([depth, those]) => (
    <svg key={depth} className={classes.ways} style={{ zIndex: 2 * depth + 1 }} aria-hidden>
      {(['line', 'lit'] as const).map((kind) => (
        <marker
          key={kind}
          id={`${id}${kind}${depth}`}
          viewBox="-10 -10 20 20"
          markerWidth={14}
          markerHeight={14}
          markerUnits="userSpaceOnUse"
          orient="auto-start-reverse"
        >
          <polyline className={classes[`${kind}End`]} points="-5,-4 0,0 -5,4 -5,-4" />
        </marker>
      ))}
      {those.map(({ line, isLit }) => (
        <path
          key={line.id}
          d={pathThrough(line.points)}
          className={isLit ? classes.lit : classes.line}
          markerEnd={`url(#${id}${isLit ? 'lit' : 'line'}${depth})`}
        />
      ))}
    </svg>
  ));
});

export const WayTools = memo(function WayTools({ ways }: { ways: readonly Way[] }) {
  return ways.map((way) => <Tools key={way.line.id} {...way} />);
});

function Tools({ line, isLit, insert }: Way) {
  const middle = insert && insertPlace(line);
  return (
    <>
      {line.label !== null && line.labelAt && (
        <span
          className={classes.label}
          data-lit={isLit || undefined}
          style={{ transform: around({ x: line.labelAt.x - (insert ? 14 : 0), y: line.labelAt.y }) }}
        >
          {line.label}
        </span>
      )}
      {insert && middle && (
        <button
          type="button"
          className={classes.insert}
          style={{ transform: around(middle) }}
          aria-label={insert.label}
          title={insert.label}
          onClick={insert.run}
        >
          <IconPlus size={12} stroke={2.4} aria-hidden />
        </button>
      )}
    </>
  );
}

function around({ x, y }: Point): string {
  return `translate(-50%, -50%) translate(${x}px, ${y}px)`;
}

/** Beside the label where there is one; else in the middle of the way. */
function insertPlace({ points, labelAt, label }: Line): Point | null {
  if (labelAt && label !== null) return { x: labelAt.x + labelWidth(label) / 2, y: labelAt.y };
  const lengths = points.slice(1).map((point, index) => distance(points[index] ?? point, point));
  let left = lengths.reduce((sum, one) => sum + one, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [points[index], points[index + 1]];
    if (from && to && left <= length && length > 0) {
      const share = left / length;
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    }
    left -= length;
  }
  return points[0] ?? null;
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

/** A way through points, with round corners. */
function pathThrough(points: readonly Point[]): string {
  const [first] = points;
  if (!first) return '';
  let path = `M${first.x},${first.y}`;
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    const after = points[index + 1];
    if (!before) continue;
    if (!after) {
      path += `L${point.x},${point.y}`;
      continue;
    }
    const [from, to] = [towards(point, before), towards(point, after)];
    path += `L${from.x},${from.y}Q${point.x},${point.y} ${to.x},${to.y}`;
  }
  return path;
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const share = Math.min(ROUNDING, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
