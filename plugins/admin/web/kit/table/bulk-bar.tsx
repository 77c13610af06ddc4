/** What is done with many rows: those that are selected, or all that match, with progress and a way to stop. */
import { Button, Group, Paper, Progress, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { notifyDone, notifyFailed } from '../actions.tsx';
import { Confirm } from '../confirm.tsx';
import { everyRow, type ListWish } from './list-query.ts';
import type { BulkAction } from './types.ts';

interface BulkBarProps<Row> {
  actions: readonly BulkAction<Row>[];
  selected: 'all' | readonly Row[];
  total: { value: number; relation: string } | undefined;
  wish: ListWish;
  hasMore: boolean;
  onAll(): void;
  onClear(): void;
}

/** At once, so that a thousand rows take seconds, and others are served meanwhile. */
const AT_ONCE = 4;

export function BulkBar<Row>({ actions, selected, total, wish, hasMore, onAll, onClear }: BulkBarProps<Row>) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asked, setAsked] = useState<BulkAction<Row> | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const stopping = useRef<AbortController | null>(null);
  const count = selected === 'all' ? (total?.value ?? 0) : selected.length;
  if (count === 0) return null;

  const run = async (action: BulkAction<Row>) => {
    const controller = new AbortController();
    stopping.current = controller;
    setDone(0);
    const rows = selected === 'all' ? everyRow<Row>(wish, controller.signal) : selected;
    const outcome = await forEachRow(rows, action.run, controller.signal, setDone);
    setDone(null);
    onClear();
    await readAgain();
    if (outcome.error) notifyFailed(outcome.error);
    const text = t('table.bulkDone', { count: outcome.done.length, failed: outcome.failed });
    const { undo } = action;
    notifyDone(text, undo && outcome.done.length > 0 ? () => takeBack(undo, outcome.done) : undefined);
  };
  const takeBack = async (undo: (row: Row) => Promise<unknown>, rows: readonly Row[]) => {
    const { error } = await forEachRow(rows, undo, new AbortController().signal, () => {});
    await readAgain();
    if (error) notifyFailed(error);
  };
  const readAgain = () => client.invalidateQueries({ queryKey: ['get', wish.list] });

  return (
    <Paper withBorder p="xs" mb="xs" radius="md" role="region" aria-label={t('table.selection')}>
      {done === null ? (
        <Group gap="xs">
          <Text size="sm" fw={600} aria-live="polite">
            {t('table.selected', { count })}
          </Text>
          {selected !== 'all' && hasMore && total && total.value > count && (
            <Button size="compact-sm" variant="subtle" onClick={onAll}>
              {t(total.relation === 'exact' ? 'table.selectAll' : 'table.selectAllAtLeast', { count: total.value })}
            </Button>
          )}
          {actions.map((action) => (
            <Button
              key={action.id}
              size="xs"
              variant="default"
              c={action.color}
              leftSection={action.icon}
              onClick={() => (action.question ? setAsked(action) : void run(action))}
            >
              {action.title}
            </Button>
          ))}
          <Button size="xs" variant="subtle" onClick={onClear}>
            {t('table.unselect')}
          </Button>
        </Group>
      ) : (
        <Group gap="sm" wrap="nowrap">
          <Progress value={count === 0 ? 0 : (100 * done) / count} flex={1} aria-label={t('table.progress')} />
          <Text size="sm">{`${done} / ${count}`}</Text>
          <Button size="xs" variant="default" onClick={() => stopping.current?.abort()}>
            {t('stop')}
          </Button>
        </Group>
      )}
      {asked && (
        <Confirm
          isOpen
          title={asked.title}
          name={null}
          action={asked.title}
          onClose={() => setAsked(null)}
          onConfirm={() => run(asked)}
        >
          {asked.question?.(count)}
        </Confirm>
      )}
    </Paper>
  );
}

interface Outcome<Row> {
  done: Row[];
  failed: number;
  error: unknown;
}

/** Goes through all, also when one fails; gives those that are done, and the first error. */
async function forEachRow<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  run: (row: Row) => Promise<unknown>,
  signal: AbortSignal,
  notify: (done: number) => void,
): Promise<Outcome<Row>> {
  const outcome: Outcome<Row> = { done: [], failed: 0, error: null };
  const running = new Set<Promise<void>>();
  for await (const row of rows) {
    if (signal.aborted) break;
    const one = run(row)
      .then(
        () => void outcome.done.push(row),
        (error) => {
          outcome.failed++;
          outcome.error ??= error;
        },
      )
      .finally(() => {
        running.delete(one);
        notify(outcome.done.length + outcome.failed);
      });
    running.add(one);
    if (running.size >= AT_ONCE) await Promise.race(running);
  }
  await Promise.all(running);
  return outcome;
}
