/** Jobs that wait, run, or gave up, for operators; those that gave up are tried again or discarded, one or many. */

import { Text } from '@mantine/core';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { $api, DataTable, EmptyState, Page, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export default function Jobs() {
  const { t } = useTranslation('admin');
  const retry = $api.useMutation('post', '/api/platform/jobs/{id}/retry');
  const discard = $api.useMutation('delete', '/api/platform/jobs/{id}');
  return (
    <Page title={t('jobs.title')} intro={t('jobs.intro')}>
      <DataTable
        list="/api/platform/jobs"
        label={t('jobs.title')}
        rowKey={({ id }) => String(id)}
        to={({ id }) => `/status/jobs/${id}`}
        filters={[
          {
            name: 'state',
            title: t('jobs.state'),
            choices: [
              { value: 'dead', label: t('jobs.states.dead') },
              { value: 'ready', label: t('jobs.states.ready') },
              { value: 'running', label: t('jobs.states.running') },
            ],
          },
          { name: 'name', title: t('jobs.kind'), kind: 'text' },
        ]}
        bulk={[
          {
            id: 'retry',
            title: t('jobs.retry'),
            icon: <IconPlayerPlay size={16} />,
            run: ({ id }) => retry.mutateAsync({ params: { path: { id } } }),
          },
          {
            id: 'discard',
            title: t('jobs.discard'),
            icon: <IconTrash size={16} />,
            color: 'red',
            question: (count) => t('jobs.discardMany', { count }),
            run: ({ id }) => discard.mutateAsync({ params: { path: { id } } }),
          },
        ]}
        columns={[
          {
            id: 'name',
            title: t('jobs.kind'),
            width: 3,
            cell: ({ name, summary }) => (
              <>
                <span title={summary ?? name}>{summary ?? name}</span>
                {summary && (
                  <Text size="xs" c="dimmed">
                    {name}
                  </Text>
                )}
              </>
            ),
          },
          {
            id: 'state',
            title: t('jobs.state'),
            onPhone: true,
            cell: ({ state }) => <State value={state} text={t(`jobs.states.${state}`)} />,
          },
          {
            id: 'attempts',
            title: t('jobs.attempts'),
            align: 'end',
            cell: ({ attempts }) => String(attempts),
          },
          {
            id: 'run_at',
            title: t('jobs.runAt'),
            sort: 'run_at',
            cell: ({ run_at }) => <Time at={run_at} style="ago" />,
          },
          { id: 'error', title: t('jobs.error'), width: 2, onPhone: true, cell: ({ last_error }) => last_error ?? '–' },
          {
            id: 'created_at',
            title: t('jobs.made'),
            sort: 'created_at',
            isExtra: true,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          { id: 'lane', title: t('jobs.lane'), isExtra: true, cell: ({ lane }) => lane || '–' },
        ]}
        empty={<EmptyState title={t('jobs.empty')} text={t('jobs.emptyText')} />}
      />
    </Page>
  );
}
