/** Mail that rules hold back: to be looked at, released or deleted. */
import { Button } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { api, DataTable, EmptyState, Link, Page, Time, useMay } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const ONE = '/api/platform/mail/messages/{id}';

export default function Quarantine() {
  const { t } = useTranslation('mail');
  const mayMakeRules = useMay()('mail.rules');
  return (
    <Page title={t('quarantine.title')} intro={t('quarantine.intro')}>
      <DataTable
        list="/api/platform/mail/quarantine"
        label={t('quarantine.title')}
        search={t('reader.search')}
        rowKey={({ id }) => String(id)}
        to={({ id }) => `/mail?folder=quarantine&message=${id}`}
        live={['mail.received']}
        filters={[
          { name: 'mailbox', title: t('rules.mailbox'), kind: 'text' },
          { name: 'received_at', title: t('quarantine.received'), kind: 'range' },
        ]}
        columns={[
          {
            id: 'subject',
            title: t('sent.subject'),
            width: 3,
            cell: ({ subject }) => subject || t('reader.noSubject'),
          },
          { id: 'from', title: t('sent.from'), width: 2, onPhone: true, cell: ({ from }) => from },
          { id: 'mailbox', title: t('rules.mailbox'), width: 2, cell: ({ mailbox }) => mailbox },
          {
            id: 'received',
            title: t('quarantine.received'),
            width: 1.3,
            onPhone: true,
            cell: ({ received_at }) => <Time at={received_at} style="ago" />,
          },
        ]}
        bulk={[
          {
            id: 'release',
            title: t('quarantine.release'),
            icon: <IconCheck size={14} aria-hidden />,
            run: ({ id }) => api.PATCH(ONE, { params: { path: { id } }, body: { folder: 'inbox' } }),
          },
          {
            id: 'delete',
            title: t('reader.delete'),
            icon: <IconTrash size={14} aria-hidden />,
            color: 'red',
            question: (count) => t('quarantine.deleteMany', { count }),
            run: ({ id }) => api.DELETE(ONE, { params: { path: { id } } }),
          },
        ]}
        empty={
          <EmptyState
            title={t('quarantine.empty')}
            text={t('quarantine.emptyText')}
            action={
              mayMakeRules && (
                <Button component={Link} to="/mail/rules" variant="default">
                  {t('quarantine.toRules')}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  );
}
