/** How tasks look, and what starts them. */
import { Group, Text, ThemeIcon, VisuallyHidden } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import IconPin from '@tabler/icons-react/dist/esm/icons/IconPin.mjs';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { categoryOfCall } from '../steps/categories.ts';
import { categoryIcon } from '../steps/category-icons.ts';
import { useStepNames } from '../steps/step-names.ts';
import type { Card, TriggerCard } from './flow.ts';
import classes from './graph.module.css';
import { kindIcon } from './kind-icons.ts';
import { StatusIcon } from './status-icon.tsx';

function Head({ card: { box, status, note, problem, isPinned } }: { card: Card }) {
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
  const about = task.kind === 'call' ? names.title(task.detail) : task.detail;
  const detail = about === task.name ? '' : about;
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

interface GraphCardProps {
  card: Card;
  onChoose(): void;
  onFocus(): void;
}

/** Of hundreds of cards those are drawn anew that have changed; what is to be done with one hangs on its box alone. */
function looksAlike({ card: one }: GraphCardProps, { card: other }: GraphCardProps): boolean {
  const { box, trigger, status, note, problem, isSelected, isPinned, isButton } = one;
  return (
    box === other.box &&
    trigger === other.trigger &&
    status === other.status &&
    note === other.note &&
    problem === other.problem &&
    isSelected === other.isSelected &&
    isPinned === other.isPinned &&
    isButton === other.isButton
  );
}

export const GraphCard = memo(function GraphCard({ card, onChoose, onFocus }: GraphCardProps) {
  const { box, isSelected, isButton, trigger } = card;
  const { x, y, width, height, depth, task } = box;
  const style = { transform: `translate(${x}px, ${y}px)`, width, height, zIndex: 2 * depth };
  const looks = <Looks card={card} />;
  if (isButton)
    return (
      <button
        type="button"
        className={classes.node}
        style={style}
        data-node
        aria-pressed={isSelected}
        onClick={onChoose}
        onFocus={onFocus}
      >
        {looks}
      </button>
    );
  const isSaid = task !== null || trigger !== null;
  return (
    <div className={classes.node} style={style} data-node {...(isSaid ? { role: 'group' } : { 'aria-hidden': true })}>
      {looks}
    </div>
  );
}, looksAlike);

function Looks({ card }: { card: Card }) {
  if (card.trigger) return <Trigger card={card} trigger={card.trigger} />;
  if (card.box.kind === 'task' || card.box.kind === 'container') return <Task card={card} />;
  return <div className={classes.pill} data-end={card.box.kind === 'end' || undefined} />;
}

function Task({ card }: { card: Card }) {
  const { t } = useTranslation('workflows');
  const { box, status, isSelected, problem } = card;
  const isContainer = box.kind === 'container';
  return (
    <div
      className={isContainer ? classes.container : classes.card}
      data-status={status ?? undefined}
      data-selected={isSelected || undefined}
      data-problem={problem !== null || undefined}
    >
      <div className={isContainer ? classes.header : classes.whole}>
        <Head card={card} />
      </div>
      {box.headings.map(({ role, x, y }) => (
        <Text key={role} size="xs" c="dimmed" fw={600} className={classes.heading} style={{ left: x, top: y }}>
          {t(`graph.list.${role}`)}
        </Text>
      ))}
    </div>
  );
}

function Trigger({ card: { isSelected }, trigger }: { card: Card; trigger: TriggerCard }) {
  return (
    <div className={classes.card} data-trigger data-selected={isSelected || undefined}>
      <Group gap={8} wrap="nowrap" px={10} className={classes.head}>
        <ThemeIcon variant="light" size={28} aria-hidden>
          <IconBolt size={16} stroke={1.6} />
        </ThemeIcon>
        <div className={classes.texts}>
          <Text size="xs" c="dimmed">
            {trigger.title}
          </Text>
          <Text size="sm" fw={600} lineClamp={3} lh={1.15} title={trigger.text}>
            {trigger.text}
          </Text>
        </div>
      </Group>
    </div>
  );
}
