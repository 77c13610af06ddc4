/** What was sent, and what became of it. */
import { Button } from '@mantine/core';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import { $api, DataTable, EmptyState, Link, Page, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export const STATUSES = [
  'scheduled',
  'queued',
  'sent',
  'delivered',
  'logged',
  'bounced',
  'failed',
  'canceled',
] as const;

export default function Sent() {
  const { t } = useTranslation('mail');
  const { data: allowance } = $api.useQuery('get', '/api/platform/mail/allowance');
  const compose = allowance?.may_send && (
    <Button component={Link} to="/mail/compose" leftSection={<IconPencil size={16} aria-hidden />}>
      {t('reader.compose')}
    </Button>
  );
  return (
    <Page title={t('sent.title')} actions={compose}>
      <DataTable
        list="/api/platform/mail/sent"
        label={t('sent.title')}
        rowKey={({ id }) => id}
        to={({ id }) => `/mail/sent/${id}`}
        defaultSort="-created_at"
        live={['mail.sent', 'mail.bounced']}
        filters={[
          { name: 'from', title: t('sent.from'), kind: 'text' },
          {
            name: 'status',
            title: t('sent.status'),
            choices: STATUSES.map((value) => ({ value, label: t(`sent.is.${value}`) })),
          },
          { name: 'created_at', title: t('sent.created'), kind: 'range' },
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
            id: 'status',
            title: t('sent.status'),
            width: 1.9,
            onPhone: true,
            cell: ({ status }) => <State value={status} text={t(`sent.is.${status}`)} />,
          },
          {
            id: 'created',
            title: t('sent.created'),
            width: 1.4,
            sort: 'created_at',
            onPhone: true,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
        ]}
        empty={
          <EmptyState
            title={t('sent.empty')}
            text={allowance && !allowance.may_send ? t('compose.forbidden') : t('sent.emptyText')}
            action={compose}
          />
        }
      />
    </Page>
  );
}
