/** Addresses that get no more mail from the tenant. */
import { Button, Textarea, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { api, DataTable, EmptyState, FormModal, issueOf, notifyDone, Page, Time } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const LIST = '/api/platform/mail/suppressions';

export default function Suppressions() {
  const { t } = useTranslation('mail');
  const client = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const [address, setAddress] = useState('');
  const [reason, setReason] = useState('');
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t('suppressions.add')}
    </Button>
  );
  return (
    <Page title={t('suppressions.title')} intro={t('suppressions.intro')} actions={add}>
      <DataTable
        list={LIST}
        label={t('suppressions.title')}
        rowKey={({ id }) => String(id)}
        defaultSort="-created_at"
        live={['mail.bounced']}
        filters={[{ name: 'address', title: t('suppressions.find'), kind: 'text' }]}
        columns={[
          {
            id: 'address',
            title: t('suppressions.address'),
            width: 2,
            sort: 'address',
            cell: (row) => row.address,
          },
          { id: 'reason', title: t('suppressions.reason'), width: 3, onPhone: true, cell: (row) => row.reason },
          {
            id: 'created',
            title: t('suppressions.since'),
            sort: 'created_at',
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
        ]}
        bulk={[
          {
            id: 'remove',
            title: t('suppressions.remove'),
            run: (row) =>
              api.DELETE('/api/platform/mail/suppressions/{address}', { params: { path: { address: row.address } } }),
          },
        ]}
        empty={<EmptyState title={t('suppressions.empty')} text={t('suppressions.emptyText')} action={add} />}
      />
      <FormModal
        title={t('suppressions.add')}
        action={t('suppressions.add')}
        isOpen={isAdding}
        onClose={() => setAdding(false)}
        onSubmit={async () => {
          await api.POST(LIST, { body: { address: address.trim(), ...(reason.trim() && { reason: reason.trim() }) } });
          await client.invalidateQueries({ queryKey: ['get', LIST] });
          notifyDone(t('suppressions.added', { address: address.trim() }));
          setAddress('');
          setReason('');
        }}
      >
        {(error) => (
          <>
            <TextInput
              type="email"
              label={t('suppressions.address')}
              required
              data-autofocus
              value={address}
              error={issueOf(error, 'address')}
              onChange={(event) => setAddress(event.currentTarget.value)}
            />
            <Textarea
              label={t('suppressions.reason')}
              autosize
              value={reason}
              error={issueOf(error, 'reason')}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </>
        )}
      </FormModal>
    </Page>
  );
}
