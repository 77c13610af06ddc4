/** When each task began and how long it took, those that wait too: bars over the time of the execution. */
import { Button, Text, UnstyledButton } from '@mantine/core';
import { useFormats } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StatusIcon } from '../graph/index.ts';
import { depthOf, type ExecutionView, nameOf, runKey, type TaskRun, useNow, type Wait } from './execution-data.ts';
import { Until } from './task-details.tsx';
import classes from './timeline.module.css';

interface TimelineProps {
  execution: ExecutionView;
  selected: string | null;
  onSelect(run: TaskRun): void;
}

/** Rows at first, and more each time that somebody asks. */
const STEP = 200;
const INDENT_PX = 12;

export function Timeline({ execution, selected, onSelect }: TimelineProps) {
  const { t } = useTranslation('workflows');
  const [shown, setShown] = useState(STEP);
  const { tasks, started_at, created_at, ended_at } = execution;
  const now = useNow(!ended_at);
  const from = Date.parse(tasks[0]?.started_at ?? started_at ?? created_at ?? '');
  const ends = tasks.map((task) => (task.ended_at ? Date.parse(task.ended_at) : now));
  const to = Math.max(from + 1, ended_at ? Date.parse(ended_at) : now, ...ends.slice(-STEP));
  if (tasks.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('timeline.empty')}
      </Text>
    );
  return (
    <>
      <ol className={classes.list} aria-label={t('timeline.title')}>
        {tasks.slice(0, shown).map((run) => (
          <li key={runKey(run)}>
            <Row
              run={run}
              wait={execution.waits.find((wait) => runKey(wait) === runKey(run))}
              span={{ from, to, now }}
              isSelected={runKey(run) === selected}
              onSelect={() => onSelect(run)}
            />
          </li>
        ))}
      </ol>
      {tasks.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown(shown + STEP)}>
          {t('timeline.more', { count: tasks.length - shown })}
        </Button>
      )}
    </>
  );
}

interface RowProps {
  run: TaskRun;
  wait: Wait | undefined;
  span: { from: number; to: number; now: number };
  isSelected: boolean;
  onSelect(): void;
}

function Row({ run, wait, span: { from, to, now }, isSelected, onSelect }: RowProps) {
  const { t } = useTranslation('workflows');
  const { duration } = useFormats();
  const began = Date.parse(run.started_at ?? '') || from;
  const ended = run.ended_at ? Date.parse(run.ended_at) : now;
  const took = duration(Math.max(0, ended - began));
  const share = (time: number): string => `${(100 * Math.max(0, time)) / (to - from)}%`;
  return (
    <UnstyledButton className={classes.row} aria-pressed={isSelected} onClick={onSelect}>
      <span className={classes.name} style={{ paddingInlineStart: depthOf(run.reference) * INDENT_PX }}>
        <StatusIcon status={run.status} />
        <Text size="sm" component="span" truncate>
          {nameOf(run.reference)}
          {run.instance !== '' && <Text size="xs" c="dimmed" component="span">{` #${run.instance}`}</Text>}
        </Text>
      </span>
      <span className={classes.track} aria-hidden>
        <span
          className={classes.bar}
          data-status={run.status}
          style={{ insetInlineStart: share(began - from), width: share(ended - began) }}
        />
      </span>
      <Text size="xs" component="span" className={classes.took} c={run.ended_at ? undefined : 'dimmed'}>
        {wait ? <Until wait={wait} /> : run.ended_at ? took : `${t(`state.${run.status}`)} · ${took}`}
      </Text>
    </UnstyledButton>
  );
}
