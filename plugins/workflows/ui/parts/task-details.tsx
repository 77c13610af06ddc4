/** What one task got, gave and ran into; of several runs of it, one at a time. */
import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { Facts, Link, Time, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { ApprovalLinks } from './approval-links.tsx';
import { type ExecutionView, nameOf, runKey, type TaskRun, type Wait } from './execution-data.ts';
import { dataAddress, Payload } from './payload.tsx';
import { Phase } from './phase.tsx';
import { Problem } from './problem.tsx';

interface TaskDetailsProps {
  execution: ExecutionView;
  reference: string;
  instance: string | null;
  onInstance(instance: string): void;
  onReplay: ((from: string) => void) | null;
  /** Where the step is edited with this data; null for who may not. */
  editor: string | null;
}

export function TaskDetails({ execution, reference, instance, onInstance, onReplay, editor }: TaskDetailsProps) {
  const { t } = useTranslation('workflows');
  const runs = execution.tasks.filter((task) => task.reference === reference);
  const run = runs.find((one) => one.instance === instance) ?? runs.at(-1);
  if (!run)
    return (
      <Text size="sm" c="dimmed">
        {t('task.notReached', { name: nameOf(reference) })}
      </Text>
    );
  const waits = execution.waits.filter((wait) => runKey(wait) === runKey(run));
  return (
    <Stack gap="sm">
      {runs.length > 1 && (
        <Select
          label={t('task.run', { count: runs.length })}
          data={runs.map((one) => ({ value: one.instance, label: instanceLabel(one) }))}
          value={run.instance}
          allowDeselect={false}
          onChange={(value) => value !== null && onInstance(value)}
        />
      )}
      <RunFacts run={run} waits={waits} />
      {waits.some(({ kind }) => kind === 'approval') && <ApprovalLinks execution={execution.id} />}
      <Problem error={run.error} />
      <Payload title={t('data.input')} value={run.input} href={dataAddress(execution.id, 'input', run)} />
      <Payload title={t('data.output')} value={run.output} href={dataAddress(execution.id, 'output', run)} />
      {run.error !== null && (
        <Payload title={t('data.error')} value={run.error} href={dataAddress(execution.id, 'error', run)} />
      )}
      {onReplay && (
        <Group>
          <Button size="xs" variant="default" onClick={() => onReplay(reference)}>
            {t('replay.fromHere')}
          </Button>
          {editor !== null && (
            <Button size="xs" variant="default" component={Link} to={editor}>
              {t('execution.inEditor')}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );

  function instanceLabel(one: TaskRun): string {
    return `${one.instance === '' ? t('task.first') : `#${one.instance}`} · ${t(`state.${one.status}`)}`;
  }
}

function RunFacts({ run, waits }: { run: TaskRun; waits: readonly Wait[] }) {
  const { t } = useTranslation('workflows');
  const { duration } = useFormats();
  const took = run.started_at && run.ended_at ? duration(Date.parse(run.ended_at) - Date.parse(run.started_at)) : null;
  return (
    <Facts
      of={[
        [t('executions.state'), <Phase key="state" value={run.status} />],
        [t('executions.begun'), <Time key="begun" at={run.started_at} />],
        took !== null && [t('executions.took'), took],
        run.attempts > 1 && [t('task.attempts'), String(run.attempts)],
        ...waits.map((wait) => [t(`wait.${wait.kind}`), <Until key={wait.kind} wait={wait} />] as const),
      ]}
    />
  );
}

export function Until({ wait }: { wait: Wait }) {
  const { t } = useTranslation('workflows');
  if (!wait.until)
    return (
      <span>
        {t('wait.since')} <Time at={wait.since} style="ago" />
      </span>
    );
  return (
    <span>
      {t('wait.until')} <Time at={wait.until} style="ago" />
    </span>
  );
}
