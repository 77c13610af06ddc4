/** All workflows: whether they are on, how they went the last time, and when they run next. */
import { Button, Group, Menu, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { DataTable, EmptyState, Link, MoreMenu, Page, type RowOf, Time, useMay } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeWorkflow } from '../parts/changes.ts';
import { ImportDialog } from '../parts/import-dialog.tsx';
import { EXECUTIONS_LIVE } from '../parts/live-topics.ts';
import { Phase, WorkflowState } from '../parts/phase.tsx';

type Workflow = RowOf<'/api/platform/workflows'>;
const HOOKS = ['closed', 'signed', 'open'] as const;

export default function Workflows() {
  const { t } = useTranslation('workflows');
  const mayManage = useMay()('workflows.secrets');
  const [isImporting, setImporting] = useState(false);
  return (
    <Page
      title={t('workflows.title')}
      intro={t('workflows.intro')}
      actions={
        <>
          <Button variant="default" component={Link} to="/automations/examples">
            {t('workflows.examples')}
          </Button>
          {mayManage && (
            <Button component={Link} to="/automations/workflows/new" leftSection={<IconPlus size={16} />}>
              {t('workflows.new')}
            </Button>
          )}
          <More onImport={mayManage ? () => setImporting(true) : null} />
        </>
      }
    >
      <DataTable
        list="/api/platform/workflows"
        label={t('workflows.title')}
        rowKey={({ namespace, name }) => `${namespace}/${name}`}
        to={({ namespace, name }) => `/automations/workflows/${namespace}/${name}`}
        defaultSort="name"
        live={EXECUTIONS_LIVE}
        filters={[
          { name: 'name', title: t('workflows.nameBegins'), kind: 'text' },
          { name: 'namespace', title: t('workflows.namespace'), kind: 'text' },
          { name: 'tag', title: t('workflows.tag'), kind: 'text' },
          {
            name: 'enabled',
            title: t('workflows.state'),
            choices: [
              { value: 'true', label: t('workflows.active') },
              { value: 'false', label: t('workflows.paused') },
            ],
          },
          {
            name: 'hook',
            title: t('workflow.hook'),
            choices: HOOKS.map((value) => ({ value, label: t(`hook.${value}`) })),
          },
        ]}
        columns={[
          { id: 'name', title: t('workflows.name'), sort: 'name', width: 1.6, cell: ({ name }) => name },
          { id: 'namespace', title: t('workflows.namespace'), width: 1.2, cell: ({ namespace }) => namespace },
          { id: 'state', title: t('workflows.state'), onPhone: true, cell: (row) => <WorkflowState {...row} /> },
          { id: 'version', title: t('workflows.version'), cell: ({ version }) => version ?? '–', isExtra: true },
          { id: 'last', title: t('workflows.lastRun'), width: 2.4, onPhone: true, cell: (row) => <LastRun {...row} /> },
          { id: 'next', title: t('workflows.nextRun'), cell: (row) => <Time at={row.next_run_at} style="ago" /> },
          {
            id: 'updated',
            title: t('workflows.updated'),
            sort: 'updated_at',
            width: 1.3,
            cell: (row) => <Time at={row.updated_at} style="ago" />,
          },
        ]}
        bulk={
          mayManage
            ? [
                {
                  id: 'pause',
                  title: t('workflows.pause'),
                  run: (row) => changeWorkflow(row, row.etag, { enabled: false }),
                },
                {
                  id: 'activate',
                  title: t('workflows.activate'),
                  run: (row) => changeWorkflow(row, row.etag, { enabled: true }),
                },
              ]
            : []
        }
        empty={
          <EmptyState
            title={t('workflows.empty')}
            text={t('workflows.emptyText')}
            action={
              <Button component={Link} to="/automations/examples">
                {t('workflows.fromExample')}
              </Button>
            }
          />
        }
      />
      <ImportDialog isOpen={isImporting} onClose={() => setImporting(false)} />
    </Page>
  );
}

function More({ onImport }: { onImport: (() => void) | null }) {
  const { t } = useTranslation('workflows');
  return (
    <MoreMenu variant="default" size={36} label={t('more')}>
      {onImport && <Menu.Item onClick={onImport}>{t('import.title')}</Menu.Item>}
      <Menu.Item component="a" href="/api/platform/workflows/export" download>
        {t('workflows.exportAll')}
      </Menu.Item>
    </MoreMenu>
  );
}

function LastRun({ last_execution: last }: Workflow) {
  const { t } = useTranslation('workflows');
  if (!last)
    return (
      <Text size="sm" c="dimmed" component="span">
        {t('workflows.never')}
      </Text>
    );
  return (
    <Group gap="xs" wrap="nowrap">
      <Phase value={last.status} />
      <Time at={last.created_at} style="ago" />
    </Group>
  );
}
