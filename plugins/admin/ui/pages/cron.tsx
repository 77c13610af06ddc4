/** Scheduled work: when it runs next, every run of it, and a run now. */
import { Code, Table, Text, VisuallyHidden } from '@mantine/core';
import { $api, DataTable, EmptyState, Loaded, Page, Panel, State, Time, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { RunNow } from '../parts/run-now.tsx';

const RUNS = '/api/platform/cron/runs';

export default function Cron() {
  const { t } = useTranslation('admin');
  const { duration } = useFormats();
  const work = $api.useQuery('get', '/api/platform/cron');
  return (
    <Page title={t('cron.title')} intro={t('cron.intro')}>
      <Panel title={t('cron.work')}>
        <Loaded of={work}>
          {({ items }) => (
            <Table verticalSpacing="xs" aria-label={t('cron.work')}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('cron.name')}</Table.Th>
                  <Table.Th visibleFrom="sm">{t('cron.schedule')}</Table.Th>
                  <Table.Th visibleFrom="sm">{t('cron.next')}</Table.Th>
                  <Table.Th>
                    <VisuallyHidden>{t('cron.run')}</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(({ name, summary, schedule, next_at }) => (
                  <Table.Tr key={name}>
                    <Table.Td>
                      <Text size="sm" fw={500}>
                        {name}
                      </Text>
                      <Text size="xs" c="dimmed">
                        {summary}
                      </Text>
                      <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
                        {schedule} · <Time at={next_at} style="ago" />
                      </Text>
                    </Table.Td>
                    <Table.Td visibleFrom="sm">
                      <Code>{schedule}</Code>
                    </Table.Td>
                    <Table.Td visibleFrom="sm">
                      <Time at={next_at} style="ago" />
                    </Table.Td>
                    <Table.Td align="right">
                      <RunNow name={name} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Loaded>
      </Panel>
      <Panel title={t('cron.runs')}>
        <DataTable
          list={RUNS}
          label={t('cron.runs')}
          rowKey={({ id }) => String(id)}
          filters={[
            {
              name: 'status',
              title: t('cron.status'),
              choices: [
                { value: 'failed', label: t('cron.statuses.failed') },
                { value: 'running', label: t('cron.statuses.running') },
                { value: 'done', label: t('cron.statuses.done') },
              ],
            },
            { name: 'job', title: t('cron.name'), kind: 'text' },
          ]}
          columns={[
            { id: 'job', title: t('cron.name'), width: 2, cell: ({ job }) => job },
            {
              id: 'status',
              title: t('cron.status'),
              onPhone: true,
              cell: ({ status }) => <State value={status} text={t(`cron.statuses.${status}`)} />,
            },
            {
              id: 'started',
              title: t('cron.started'),
              sort: 'started_at',
              onPhone: true,
              cell: ({ started_at }) => <Time at={started_at} style="ago" />,
            },
            {
              id: 'took',
              title: t('cron.took'),
              align: 'end',
              cell: ({ started_at, finished_at }) => (finished_at === null ? '–' : duration(finished_at - started_at)),
            },
            { id: 'error', title: t('cron.error'), width: 3, cell: ({ error }) => error ?? '–' },
          ]}
          empty={<EmptyState title={t('cron.empty')} text={t('cron.emptyText')} />}
        />
      </Panel>
    </Page>
  );
}
