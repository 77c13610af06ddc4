/** What is to leave later: to be changed, or called off. */
import { Button } from '@mantine/core';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import { $api, api, DataTable, EmptyState, Link, Page, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export default function Scheduled() {
  const { t } = useTranslation('mail');
  const { data: allowance } = $api.useQuery('get', '/api/platform/mail/allowance');
  const compose = allowance?.may_send && (
    <Button component={Link} to="/mail/compose" leftSection={<IconPencil size={16} aria-hidden />}>
      {t('reader.compose')}
    </Button>
  );
  return (
    <Page title={t('scheduled.title')} intro={t('scheduled.intro')}>
      <DataTable
        list="/api/platform/mail/scheduled"
        label={t('scheduled.title')}
        rowKey={({ id }) => id}
        to={({ id }) => `/mail/sent/${id}`}
        defaultSort="scheduled_at"
        live={['mail.sent', 'mail.bounced']}
        filters={[
          { name: 'from', title: t('sent.from'), kind: 'text' },
          { name: 'scheduled_at', title: t('scheduled.at'), kind: 'range' },
        ]}
        columns={[
          {
            id: 'subject',
            title: t('sent.subject'),
            width: 3,
            cell: ({ subject }) => subject || t('reader.noSubject'),
          },
          { id: 'to', title: t('sent.to'), width: 2, onPhone: true, cell: ({ to }) => to.join(', ') },
          { id: 'from', title: t('sent.from'), width: 2, cell: ({ from }) => from },
          {
            id: 'at',
            title: t('scheduled.at'),
            width: 2,
            sort: 'scheduled_at',
            onPhone: true,
            cell: ({ scheduled_at }) => <Time at={scheduled_at} />,
          },
        ]}
        bulk={[
          {
            id: 'cancel',
            title: t('scheduled.cancel'),
            color: 'red',
            question: (count) => t('scheduled.cancelMany', { count }),
            run: ({ id }) =>
              api.PATCH('/api/platform/mail/sent/{id}', { params: { path: { id } }, body: { status: 'canceled' } }),
          },
        ]}
        empty={<EmptyState title={t('scheduled.empty')} text={t('scheduled.emptyText')} action={compose} />}
      />
    </Page>
  );
}
