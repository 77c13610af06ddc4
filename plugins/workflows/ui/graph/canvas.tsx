/** The graph itself: cards and ways in a frame in which the view is moved. */
import { ActionIcon, Box as Frame } from '@mantine/core';
import IconMaximize from '@tabler/icons-react/dist/esm/icons/IconMaximize.mjs';
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { type ReactNode, use, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Card, cardsOf, type TriggerCard, type Way, waysOf } from './flow.ts';
import classes from './graph.module.css';
import { type Box, hasBranches, type Layout, type Line, layoutOf, SIZES } from './layout.ts';
import { loadSpread } from './load-spread.ts';
import { GraphCard } from './nodes.tsx';
import type { TaskStates } from './states.ts';
import { flatTasks, type TaskList, type TaskNode } from './tasks.ts';
import { MARGIN, useView, type View, ZOOM } from './use-view.ts';
import { Ways, WayTools } from './ways.tsx';

const HEIGHT = { least: 220, most: 640 };
/** Above so many, only what is on the screen is drawn, in pieces of so many pixels. */
const MANY = 150;
const PIECE = 400;
const NOT_PINNED: ReadonlySet<string> = new Set();

export interface CanvasProps {
  tasks: TaskList;
  states: TaskStates;
  problems: ReadonlyMap<string, string>;
  selected: string | null;
  pinned?: ReadonlySet<string>;
  onSelect?: (pointer: string | null) => void;
  toolbar?: (task: TaskNode) => ReactNode;
  isStale?: boolean;
  height?: number | string;
  trigger?: TriggerCard | null;
  isTriggerChosen?: boolean;
  onTrigger?: () => void;
  onInsert?: (line: Line) => void;
}

export function Canvas(props: CanvasProps) {
  const { tasks, states, problems, selected: chosenTask, onSelect, toolbar, isStale, height } = props;
  const { trigger = null, isTriggerChosen = false, pinned = NOT_PINNED, onTrigger, onInsert } = props;
  const { t } = useTranslation('workflows');
  const hasTrigger = trigger !== null;
  const isSpread = useMemo(() => hasBranches(tasks), [tasks]);
  const spread = isSpread ? use(loadSpread()) : null;
  const isJoined = states.size > 0;
  const layout = useMemo(
    () => layoutOf(tasks, { spread, isJoined }, 0, hasTrigger ? SIZES.trigger : SIZES.pill),
    [tasks, spread, isJoined, hasTrigger],
  );
  const start = `${tasks.pointer}#start`;
  const selected = isTriggerChosen ? start : chosenTask;
  const insertAt = useInsert(layout, onInsert);
  const ways = useMemo(() => waysOf(layout, states, insertAt), [layout, states, insertAt]);
  const [mayChoose, mayChooseTrigger] = [onSelect !== undefined, onTrigger !== undefined];
  const cards = useMemo(
    () => cardsOf(layout, { states, problems, selected, pinned, trigger, mayChoose, mayChooseTrigger }),
    [layout, states, problems, selected, pinned, trigger, mayChoose, mayChooseTrigger],
  );
  const { ref, size, view, bring, zoomBy, fit, pointers } = useView(layout);
  const isThere = view !== null;
  useEffect(() => {
    const box = layout.boxes.find(({ id }) => id === selected);
    if (box && isThere) bring(box);
  }, [selected, layout, bring, isThere]);
  const pixels = height ?? Math.min(Math.max(layout.height + 2 * MARGIN, HEIGHT.least), HEIGHT.most);
  const seen = useSeen(cards, ways, view, size);
  const chosen = toolbar && chosenTask !== null && flatTasks(tasks).find(({ pointer }) => pointer === chosenTask);
  const chosenBox = chosen && layout.boxes.find(({ id }) => id === chosen.pointer);

  return (
    <Frame
      ref={ref}
      className={`${classes.frame} ${classes.canvas}`}
      data-stale={isStale || undefined}
      h={typeof pixels === 'string' ? undefined : pixels}
      flex={typeof pixels === 'string' ? 1 : undefined}
      role="group"
      aria-label={t('graph.label')}
      {...pointers}
      onClick={({ target, currentTarget }: { target: EventTarget; currentTarget: HTMLElement }) => {
        if (target === currentTarget) onSelect?.(null);
      }}
    >
      {view && (
        <div
          className={classes.plane}
          data-moving={view.isMoving || undefined}
          style={{ transform: transformOf(view) }}
        >
          <Drawn
            {...seen}
            onFocus={bring}
            onChoose={(box) => (box.id === start ? onTrigger?.() : onSelect?.(box.id))}
          />
        </div>
      )}
      {view && chosen && chosenBox && (
        <div className={classes.toolbar} style={{ transform: above(chosenBox, view) }}>
          {toolbar?.(chosen)}
        </div>
      )}
      <ActionIcon.Group orientation="vertical" className={classes.controls} aria-label={t('graph.controls')}>
        <Control label={t('graph.zoomIn')} isOff={view?.zoom === ZOOM.most} onClick={() => zoomBy(ZOOM.step)}>
          <IconPlus size={14} />
        </Control>
        <Control label={t('graph.zoomOut')} isOff={view?.zoom === ZOOM.least} onClick={() => zoomBy(1 / ZOOM.step)}>
          <IconMinus size={14} />
        </Control>
        <Control label={t('graph.fit')} onClick={fit}>
          <IconMaximize size={14} />
        </Control>
      </ActionIcon.Group>
    </Frame>
  );
}

interface DrawnProps {
  cards: readonly Card[];
  ways: readonly Way[];
  onChoose(box: Box): void;
  onFocus(box: Box): void;
}

function Drawn({ cards, ways, onChoose, onFocus }: DrawnProps) {
  return (
    <>
      <Ways ways={ways} />
      {cards.map((card) => (
        <GraphCard
          key={card.box.id}
          card={card}
          onChoose={() => onChoose(card.box)}
          onFocus={() => onFocus(card.box)}
        />
      ))}
      <WayTools ways={ways} />
    </>
  );
}

interface ControlProps {
  label: string;
  isOff?: boolean;
  onClick(): void;
  children: ReactNode;
}

function Control({ label, isOff = false, onClick, children }: ControlProps) {
  return (
    <ActionIcon variant="default" size={28} aria-label={label} title={label} disabled={isOff} onClick={onClick}>
      {children}
    </ActionIcon>
  );
}

/** Of a large graph the part that is seen, which changes by pieces and not with every pixel. */
function useSeen(
  cards: readonly Card[],
  ways: readonly Way[],
  view: View | null,
  size: { width: number; height: number },
) {
  const isLarge = cards.length > MANY;
  const [x, y, zoom] = view && isLarge ? [view.x, view.y, view.zoom] : [0, 0, 1];
  const left = Math.floor(-x / zoom / PIECE - 1) * PIECE;
  const top = Math.floor(-y / zoom / PIECE - 1) * PIECE;
  const right = Math.ceil((size.width - x) / zoom / PIECE + 1) * PIECE;
  const bottom = Math.ceil((size.height - y) / zoom / PIECE + 1) * PIECE;
  return useMemo(() => {
    if (!isLarge) return { cards, ways };
    const meets = (from: { x: number; y: number }, to: { x: number; y: number }): boolean =>
      from.x <= right && to.x >= left && from.y <= bottom && to.y >= top;
    return {
      // The chosen one keeps the focus that it may have.
      cards: cards.filter(
        ({ box, isSelected }) => isSelected || meets(box, { x: box.x + box.width, y: box.y + box.height }),
      ),
      ways: ways.filter(({ line: { points } }) => {
        const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
        return meets({ x: Math.min(...xs), y: Math.min(...ys) }, { x: Math.max(...xs), y: Math.max(...ys) });
      }),
    };
  }, [cards, ways, isLarge, left, top, right, bottom]);
}

/** The button of a line: between which tasks it puts a step. */
function useInsert(layout: Layout, onInsert: CanvasProps['onInsert']) {
  const { t } = useTranslation('workflows');
  return useMemo(() => {
    const names = new Map(layout.boxes.map(({ id, task }) => [id, task?.name]));
    return (line: Line) => {
      if (!onInsert) return null;
      const [from, to] = [names.get(line.from), names.get(line.to)];
      const key = from === undefined ? 'first' : to === undefined ? 'last' : 'between';
      const place = t(`graph.insert.${key}`, { from, to });
      const label = line.label === null ? place : t('graph.insert.case', { place, name: line.label });
      return { label, run: () => onInsert(line) };
    };
  }, [layout, onInsert, t]);
}

function transformOf({ x, y, zoom }: View): string {
  return `translate(${x}px, ${y}px) scale(${zoom})`;
}

/** Over the middle of a card, in its own size whatever that of the graph. */
function above(box: Box, { x, y, zoom }: View): string {
  const [left, top] = [x + (box.x + box.width / 2) * zoom, y + box.y * zoom - 10];
  return `translate(${left}px, ${top}px) translate(-50%, -100%)`;
}
