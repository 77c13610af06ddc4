/** How tasks and the ways between them look. */
import { Group, Text, ThemeIcon, VisuallyHidden } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import IconPin from '@tabler/icons-react/dist/esm/icons/IconPin.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { categoryOfCall } from '../steps/categories.ts';
import { categoryIcon } from '../steps/category-icons.ts';
import { useStepNames } from '../steps/step-names.ts';
import type { LineFlowEdge, TaskFlowNode } from './flow.ts';
import classes from './graph.module.css';
import { kindIcon } from './kind-icons.ts';
import { type Line, labelWidth, type Point } from './layout.ts';
import { StatusIcon } from './status-icon.tsx';

const ROUNDING = 8;

function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} className={classes.handle} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} className={classes.handle} />
    </>
  );
}

function Head({ data: { box, status, note, problem, isPinned } }: { data: TaskFlowNode['data'] }) {
  const { t } = useTranslation('workflows');
  const names = useStepNames();
  const { task } = box;
  if (!task) return null;
  const spoken = [
    t(`kind.${task.kind ?? 'none'}`),
    status && t(`state.${status}`),
    isPinned && t('editor.pin.mark'),
    problem,
  ]
    .filter(Boolean)
    .join(', ');
  const KindIcon = task.kind === 'call' ? categoryIcon(categoryOfCall(task.detail)) : kindIcon(task.kind);
  const detail = task.kind === 'call' ? names.title(task.detail) : task.detail;
  return (
    <Group gap={8} wrap="nowrap" px={10} className={classes.head}>
      <ThemeIcon variant="light" color="gray" size={28} aria-hidden>
        <KindIcon size={16} stroke={1.6} />
      </ThemeIcon>
      <div className={classes.texts}>
        <Text size="sm" fw={600} truncate>
          {task.name}
        </Text>
        {(detail || task.condition) && (
          <Text size="xs" c="dimmed" truncate>
            {task.condition ? `? ${task.condition}` : detail}
          </Text>
        )}
      </div>
      {note && (
        <Text size="xs" c="dimmed" className={classes.note}>
          {note}
        </Text>
      )}
      {isPinned && <IconPin size={16} className={classes.pinned} aria-hidden />}
      {problem && <IconAlertTriangle size={18} className={classes.problem} aria-hidden />}
      {status && <StatusIcon status={status} />}
      <VisuallyHidden>{spoken}</VisuallyHidden>
    </Group>
  );
}

/** Of hundreds of cards those are drawn anew that have changed. */
function looksAlike({ data: one }: NodeProps<TaskFlowNode>, { data: other }: NodeProps<TaskFlowNode>): boolean {
  const { box, status, note, problem, isSelected, isPinned } = one;
  const isSame = box === other.box && status === other.status && note === other.note;
  return isSame && problem === other.problem && isSelected === other.isSelected && isPinned === other.isPinned;
}

const TaskCard = memo(function TaskCard({ data }: NodeProps<TaskFlowNode>) {
  return (
    <div
      className={classes.card}
      data-status={data.status ?? undefined}
      data-selected={data.isSelected || undefined}
      data-problem={data.problem !== null || undefined}
    >
      <Ends />
      <Head data={data} />
    </div>
  );
}, looksAlike);

const Container = memo(function Container({ data }: NodeProps<TaskFlowNode>) {
  const { t } = useTranslation('workflows');
  return (
    <div
      className={classes.container}
      data-status={data.status ?? undefined}
      data-selected={data.isSelected || undefined}
      data-problem={data.problem !== null || undefined}
    >
      <Ends />
      <div className={classes.header}>
        <Head data={data} />
      </div>
      {data.box.headings.map(({ role, x, y }) => (
        <Text key={role} size="xs" c="dimmed" fw={600} className={classes.heading} style={{ left: x, top: y }}>
          {t(`graph.list.${role}`)}
        </Text>
      ))}
    </div>
  );
}, looksAlike);

const Pill = memo(function Pill({ data }: NodeProps<TaskFlowNode>) {
  return (
    <div className={classes.pill} data-end={data.box.kind === 'end' || undefined}>
      <Ends />
    </div>
  );
});

const Trigger = memo(function Trigger({ data: { trigger, isSelected } }: NodeProps<TaskFlowNode>) {
  if (!trigger) return null;
  return (
    <div className={classes.card} data-trigger data-selected={isSelected || undefined}>
      <Ends />
      <Group gap={8} wrap="nowrap" px={10} className={classes.head}>
        <ThemeIcon variant="light" size={28} aria-hidden>
          <IconBolt size={16} stroke={1.6} />
        </ThemeIcon>
        <div className={classes.texts}>
          <Text size="xs" c="dimmed">
            {trigger.title}
          </Text>
          <Text size="sm" fw={600} lineClamp={2} lh={1.15}>
            {trigger.text}
          </Text>
        </div>
      </Group>
    </div>
  );
});

const LineEdge = memo(function LineEdge({ id, data, markerEnd }: EdgeProps<LineFlowEdge>) {
  if (!data) return null;
  const { line, isLit, insert } = data;
  const middle = insert && insertPlace(line);
  return (
    <>
      <BaseEdge
        id={id}
        path={pathThrough(line.points)}
        className={isLit ? classes.lit : classes.line}
        {...(markerEnd && { markerEnd })}
      />
      {line.label !== null && line.labelAt && (
        <EdgeLabelRenderer>
          <span
            className={classes.label}
            style={{
              transform: `translate(-50%, -50%) translate(${line.labelAt.x - (insert ? 14 : 0)}px, ${line.labelAt.y}px)`,
            }}
          >
            {line.label}
          </span>
        </EdgeLabelRenderer>
      )}
      {insert && middle && (
        <EdgeLabelRenderer>
          <button
            type="button"
            className={`${classes.insert} nopan`}
            style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}
            aria-label={insert.label}
            title={insert.label}
            onClick={insert.run}
          >
            <IconPlus size={12} stroke={2.4} aria-hidden />
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

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
export function pathThrough(points: readonly Point[]): string {
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

export const nodeTypes = { task: TaskCard, container: Container, pill: Pill, trigger: Trigger };
export const edgeTypes = { line: LineEdge };
