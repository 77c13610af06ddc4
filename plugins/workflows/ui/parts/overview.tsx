/** A workflow at a glance: its facts beside its tasks. */
import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { CopyButton, Facts, Link, Panel, Time, TryItPanel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { hookCalls } from './hook-calls.ts';
import { DefinitionTasks } from './lazy.tsx';
import { Phase, WorkflowState } from './phase.tsx';
import { inputSchemaOf, schedulesOf, secretsOf, useListedWorkflow, type WorkflowView } from './workflow-data.ts';

export function Overview({ workflow }: { workflow: WorkflowView }) {
  const { t } = useTranslation('workflows');
  const { namespace, name, version, source, definition } = workflow;
  const { data: listed } = useListedWorkflow(workflow);
  const schedules = schedulesOf(definition);
  const secrets = secretsOf(definition);
  const last = listed?.last_execution;
  const hook = `/hooks/${namespace}/${name}`;
  return (
    <Stack>
      <Panel title={t('workflow.facts')}>
        <Facts
          of={[
            [t('workflows.state'), listed && <WorkflowState key="state" {...listed} />],
            [t('workflows.version'), version],
            [
              t('workflows.lastRun'),
              last ? (
                <Group gap="xs" key="last">
                  <Phase value={last.status} />
                  <Anchor component={Link} to={`/automations/runs/${last.id}`} size="sm">
                    <Time at={last.created_at} style="ago" />
                  </Anchor>
                </Group>
              ) : (
                t('workflows.never')
              ),
            ],
            schedules.length > 0 && [
              t('workflow.schedule'),
              <Stack gap={2} key="schedule">
                {schedules.map(({ kind, text }) => (
                  <span key={kind}>
                    {t(`schedule.${kind}`)} <code>{text}</code>
                  </span>
                ))}
              </Stack>,
            ],
            listed?.next_run_at ? [t('workflows.nextRun'), <Time key="next" at={listed.next_run_at} />] : null,
            listed !== undefined && [
              t('workflow.hook'),
              <Group gap={4} key="hook">
                <Text size="sm" component="span">
                  {t(`hook.${listed.hook}`)}
                </Text>
                <code>{hook}</code>
                <CopyButton value={`${location.origin}${hook}`} label={t('workflow.copyHook')} />
              </Group>,
            ],
            secrets.length > 0 && [t('workflow.secrets'), secrets.join(', ')],
            listed && Object.keys(listed.tags).length > 0
              ? [t('workflow.tags'), <Tags key="tags" tags={listed.tags} />]
              : null,
            [t('workflows.updated'), listed && <Time key="updated" at={listed.updated_at} />],
          ]}
        />
      </Panel>
      {listed !== undefined && !workflow.draft && (
        <TryItPanel
          calls={hookCalls(t, { namespace, name, hook: listed.hook, input: inputSchemaOf(definition) })}
          scope="workflows:run"
        />
      )}
      <Panel title={t('workflow.tasks')}>
        <DefinitionTasks source={source} />
      </Panel>
    </Stack>
  );
}

function Tags({ tags }: { tags: Readonly<Record<string, unknown>> }) {
  return (
    <Group gap={4}>
      {Object.entries(tags).map(([name, value]) => (
        <Badge key={name} variant="default" tt="none" radius="sm">
          {`${name}: ${String(value)}`}
        </Badge>
      ))}
    </Group>
  );
}
