/** One execution: its tasks lit up by how they stand, when each ran, what it got and gave, and what can be done with it. */
import { Anchor, Badge, Button, Grid, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  $api,
  CannotSendMail,
  Confirm,
  Facts,
  Failure,
  Id,
  Link,
  Loaded,
  notifyDone,
  Page,
  Panel,
  Time,
  useFormats,
  useMay,
  useParam,
  useUrlState,
} from 'patchbay-platform/ui';
import { Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { statesOf } from '../graph/states.ts';
import { useAct } from '../parts/changes.ts';
import { type ExecutionView, nameOf, runKey, useExecution } from '../parts/execution-data.ts';
import { type Steering, steer } from '../parts/executions-table.tsx';
import { DefinitionTasks, ReplayDialog } from '../parts/lazy.tsx';
import { Origin } from '../parts/origin.tsx';
import { dataAddress, Payload } from '../parts/payload.tsx';
import { Phase } from '../parts/phase.tsx';
import { Problem } from '../parts/problem.tsx';
import { TaskDetails } from '../parts/task-details.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { wholeInput } from '../parts/whole-input.ts';
import { inputSchemaOf } from '../parts/workflow-data.ts';

/** In its definition, as YAML or JSON. */
const SENDS_MAIL = /\bmail\.(send|reply|forward)\b/;

export default function Execution() {
  const { t } = useTranslation('workflows');
  const id = useParam('id');
  const query = useExecution(id);
  return (
    <Page
      title={query.data?.name ?? t('execution.title')}
      intro={query.data && <Phase value={query.data.status} />}
      trail={[{ title: t('executions.title'), to: '/automations/runs' }]}
      actions={query.data && <Actions key={id} execution={query.data} />}
    >
      <Loaded of={query}>{(execution) => <Parts key={id} execution={execution} />}</Loaded>
    </Page>
  );
}

function Parts({ execution }: { execution: ExecutionView }) {
  const { t } = useTranslation('workflows');
  const [{ task, run = '' }, set] = useUrlState();
  const workflow = useDefinition(execution);
  const states = useMemo(() => statesOf(execution.tasks), [execution.tasks]);
  const mayRun = useMay()('workflows.secrets');
  const select = (reference: string | null, instance: string | null = null) => set({ task: reference, run: instance });
  return (
    <Stack>
      <div aria-live="polite">
        <Problem
          error={execution.error}
          {...(!task && { onShow: (reference: string) => select(reference) })}
          {...(mayRun && { editor: (reference: string) => editorAddress(execution, reference) })}
        />
      </div>
      {SENDS_MAIL.test(workflow.data?.source ?? '') && <CannotSendMail>{t('execution.onlyLogged')}</CannotSendMail>}
      <Grid>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Panel title={t('workflow.tasks')}>
            {workflow.data && (
              <DefinitionTasks
                source={workflow.data.source}
                states={states}
                selected={task ?? null}
                onSelect={(next) => select(next)}
              />
            )}
            {workflow.error && t('execution.noDefinition')}
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Panel
            title={task ? nameOf(task) : t('execution.whole')}
            actions={
              task && (
                <Button size="compact-sm" variant="subtle" onClick={() => select(null)}>
                  {t('execution.showWhole')}
                </Button>
              )
            }
          >
            {task ? (
              <TaskDetails
                execution={execution}
                reference={task}
                instance={run}
                onInstance={(instance) => select(task, instance)}
                onReplay={mayRun ? (from) => set({ replay: '1', from }) : null}
                editor={mayRun ? editorAddress(execution, task) : null}
              />
            ) : (
              <Whole execution={execution} />
            )}
          </Panel>
        </Grid.Col>
      </Grid>
      <Panel title={t('timeline.title')}>
        <Timeline
          execution={execution}
          selected={task ? runKey({ reference: task, instance: run }) : null}
          onSelect={({ reference, instance }) => select(reference, instance)}
        />
      </Panel>
    </Stack>
  );
}

/** The definition with which it began. */
function useDefinition({ id }: ExecutionView) {
  return $api.useQuery(
    'get',
    '/api/platform/executions/{id}/definition',
    { params: { path: { id } } },
    { retry: false },
  );
}

function Whole({ execution }: { execution: ExecutionView }) {
  const { t } = useTranslation('workflows');
  const { duration } = useFormats();
  const { id, namespace, name, version, started_at, ended_at, correlations, replay_of } = execution;
  const took = started_at && ended_at ? duration(Date.parse(ended_at) - Date.parse(started_at)) : null;
  return (
    <Stack gap="sm">
      <Facts
        of={[
          [
            t('executions.workflow'),
            <Anchor key="workflow" component={Link} to={`/automations/workflows/${namespace}/${name}`} size="sm">
              {`${namespace}/${name}`}
            </Anchor>,
          ],
          [t('workflows.version'), version],
          [t('executions.origin'), <Origin key="origin" execution={execution} />],
          replay_of
            ? [
                t('execution.replayOf'),
                <Anchor key="of" component={Link} to={`/automations/runs/${replay_of}`} size="sm">
                  {replay_of}
                </Anchor>,
              ]
            : null,
          correlations.length > 0 && [
            t('execution.correlations'),
            <Group key="correlations" gap={4}>
              {correlations.map((value) => (
                <Badge
                  key={value}
                  variant="default"
                  tt="none"
                  radius="sm"
                  component={Link}
                  to={`/automations/runs?correlation=${encodeURIComponent(value)}`}
                  style={{ cursor: 'pointer' }}
                >
                  {value}
                </Badge>
              ))}
            </Group>,
          ],
          [t('executions.begun'), <Time key="begun" at={started_at ?? execution.created_at} />],
          took !== null && [t('executions.took'), took],
          [t('executions.id'), <Id key="id" value={id} />],
        ]}
      />
      <Payload title={t('data.input')} value={execution.input} href={dataAddress(id, 'input')} />
      <Payload
        title={t('data.output')}
        value={execution.output}
        href={dataAddress(id, 'output')}
        {...(!ended_at && { none: t('data.notYet') })}
      />
      {execution.error !== null && (
        <Payload title={t('data.error')} value={execution.error} href={dataAddress(id, 'error')} />
      )}
    </Stack>
  );
}

/** Where its workflow is edited, with the data of this run; at a step of it. */
function editorAddress({ id, namespace, name }: ExecutionView, reference: string | null): string {
  const query = new URLSearchParams({ run: id, ...(reference !== null && { task: reference }) });
  return `/automations/workflows/${namespace}/${name}/edit?${query}`;
}

/** What can be done with it as it stands. */
function verbsFor(status: string): Steering[] {
  if (status === 'faulted') return ['retry'];
  if (status === 'suspended') return ['resume', 'cancel'];
  if (status === 'completed' || status === 'cancelled') return [];
  return ['suspend', 'cancel'];
}

function Actions({ execution }: { execution: ExecutionView }) {
  const { t } = useTranslation('workflows');
  const { id, status } = execution;
  const act = useAct();
  const [isCancelling, setCancelling] = useState(false);
  const [{ replay, from }, set] = useUrlState();
  const mayRun = useMay()('workflows.secrets');
  const workflow = useDefinition(execution);
  const input = useQuery({
    queryKey: ['executionInput', id],
    queryFn: () => wholeInput(id),
    enabled: replay === '1',
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!mayRun) return null;
  const steerBy = (verb: Steering) =>
    act(async () => {
      await steer(execution, verb);
      notifyDone(t(`execution.done.${verb}`));
    });
  return (
    <>
      {verbsFor(status).map((verb) => (
        <Button
          key={verb}
          variant={verb === 'retry' || verb === 'resume' ? 'filled' : 'default'}
          onClick={() => (verb === 'cancel' ? setCancelling(true) : void steerBy(verb))}
        >
          {t(`execution.${verb}`)}
        </Button>
      ))}
      <Button variant="default" onClick={() => set({ replay: '1', from: null })}>
        {t('replay.open')}
      </Button>
      {status !== 'faulted' && (
        <Button variant="default" component={Link} to={editorAddress(execution, null)}>
          {t('execution.inEditor')}
        </Button>
      )}
      <Confirm
        title={t('execution.cancelTitle')}
        name={null}
        action={t('execution.cancel')}
        isOpen={isCancelling}
        onClose={() => setCancelling(false)}
        onConfirm={() => steerBy('cancel')}
      >
        {t('execution.cancelText')}
      </Confirm>
      {replay === '1' && input.error && <Failure error={input.error} onRetry={() => void input.refetch()} />}
      {replay === '1' && input.data !== undefined && !workflow.isPending && (
        <Suspense>
          <ReplayDialog
            execution={execution}
            input={input.data}
            schema={inputSchemaOf(workflow.data?.definition)}
            from={from ?? null}
            onFrom={(next) => set({ from: next })}
            onClose={() => set({ replay: null, from: null })}
          />
        </Suspense>
      )}
    </>
  );
}
