/** Versions of a workflow: which one is active, another made active, and two of them compared. */
import { Badge, Button, Group, Select, Stack, Table, VisuallyHidden } from '@mantine/core';
import {
  $api,
  DiffView,
  EmptyState,
  Loaded,
  notifyDone,
  Panel,
  State,
  Time,
  useMay,
  useUrlState,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { changeWorkflow, useAct } from './changes.ts';
import { listOf } from './list-answer.ts';
import type { WorkflowView } from './workflow-data.ts';

export default function Versions({ workflow }: { workflow: WorkflowView }) {
  const { t } = useTranslation('workflows');
  const { namespace, name } = workflow;
  const path = { namespace, name };
  const query = $api.useQuery('get', '/api/platform/workflows/{namespace}/{name}/versions', {
    params: { path, query: { limit: 100 } },
  });
  return (
    <Loaded of={query}>
      {(answer) => {
        const items = listOf(answer)?.items ?? [];
        const names = [...new Set(items.map(({ version }) => version))];
        return (
          <Stack>
            <Panel title={t('workflow.versions')}>
              <Table.ScrollContainer minWidth={320}>
                <Table aria-label={t('workflow.versions')}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('workflows.version')}</Table.Th>
                      <Table.Th>{t('versions.published')}</Table.Th>
                      <Table.Th>
                        <VisuallyHidden>{t('versions.actions')}</VisuallyHidden>
                      </Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((row) => (
                      <Table.Tr key={row.id}>
                        <Table.Td>
                          <Group gap="xs">
                            {row.version}
                            {row.revision > 1 && (
                              <Badge variant="default">{t('versions.revision', { revision: row.revision })}</Badge>
                            )}
                            {row.active && <State value="active" text={t('versions.active')} />}
                          </Group>
                        </Table.Td>
                        <Table.Td>
                          <Time at={row.created_at} style="ago" />
                        </Table.Td>
                        <Table.Td ta="end">
                          {!row.active && items.find(({ version }) => version === row.version) === row && (
                            <Activate workflow={workflow} version={row.version} />
                          )}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Panel>
            <Panel title={t('versions.compare')}>
              {names.length > 1 ? (
                <Compare workflow={workflow} names={names} />
              ) : (
                <EmptyState title={t('versions.one')} text={t('versions.oneText')} />
              )}
            </Panel>
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Activate({ workflow, version }: { workflow: WorkflowView; version: string }) {
  const { t } = useTranslation('workflows');
  const { namespace, name, etag, version: former } = workflow;
  const mayManage = useMay()('workflows.secrets');
  const act = useAct();
  if (!mayManage) return null;
  const activate = () =>
    act(async () => {
      const next = await changeWorkflow({ namespace, name }, etag, { version });
      notifyDone(t('versions.activated', { version }), () =>
        act(() => changeWorkflow({ namespace, name }, next, { version: former })),
      );
    });
  return (
    <Button size="compact-sm" variant="default" onClick={() => void activate()}>
      {t('versions.activate', { version })}
    </Button>
  );
}

function Compare({ workflow, names }: { workflow: WorkflowView; names: readonly string[] }) {
  const { t } = useTranslation('workflows');
  const [state, set] = useUrlState();
  const [newest = '', former = ''] = names;
  const right = state.to ?? newest;
  const left = state.from ?? (workflow.version === right ? former : workflow.version);
  const sources = [useSource(workflow, left), useSource(workflow, right)] as const;
  return (
    <Stack gap="sm">
      <Group>
        <Select
          label={t('versions.from')}
          data={[...names]}
          value={left}
          allowDeselect={false}
          onChange={(value) => set({ from: value })}
        />
        <Select
          label={t('versions.to')}
          data={[...names]}
          value={right}
          allowDeselect={false}
          onChange={(value) => set({ to: value })}
        />
      </Group>
      <Loaded of={sources[0]}>
        {(before) => (
          <Loaded of={sources[1]}>
            {(after) => (
              <DiffView
                label={t('versions.difference', { from: left, to: right })}
                before={before.source}
                after={after.source}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </Stack>
  );
}

function useSource({ namespace, name }: WorkflowView, version: string) {
  return $api.useQuery('get', '/api/platform/workflows/{namespace}/{name}', {
    params: { path: { namespace, name }, query: { version } },
  });
}
