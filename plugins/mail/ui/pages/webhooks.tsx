/** Addresses of programs that are called for each new mail of a mailbox. */
import { Alert, Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import {
  api,
  CopyButton,
  DataTable,
  EmptyState,
  ifVersion,
  Page,
  State,
  Time,
  useUrlState,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BlockedAddress } from '../parts/blocked-address.tsx';
import { useAnswerText } from '../parts/webhook-answer.tsx';
import { type NewWebhook, WebhookForm } from '../parts/webhook-form.tsx';

const LIST = '/api/platform/mail/webhooks';

export default function Webhooks() {
  const { t } = useTranslation('mail');
  const [state] = useUrlState();
  const [isAdding, setAdding] = useState(false);
  const answerText = useAnswerText();
  const [made, setMade] = useState<NewWebhook | null>(null);
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t('webhooks.add')}
    </Button>
  );
  return (
    <Page title={t('webhooks.title')} intro={t('webhooks.intro')} actions={add}>
      <DataTable
        list={LIST}
        label={t('webhooks.title')}
        rowKey={({ id }) => String(id)}
        to={({ id }) => `/mail/webhooks/${id}`}
        defaultSort="-created_at"
        live={['webhook.called']}
        filters={[{ name: 'mailbox', title: t('rules.mailbox'), kind: 'text' }]}
        columns={[
          { id: 'url', title: t('webhooks.url'), width: 3, cell: (row) => row.url },
          { id: 'mailbox', title: t('rules.mailbox'), width: 2, onPhone: true, cell: (row) => row.mailbox },
          {
            id: 'last',
            title: t('webhooks.last'),
            width: 2,
            onPhone: true,
            cell: ({ last_call: last }) =>
              last ? (
                <State value={last.state} text={answerText(last) || t(`webhooks.is.${last.state}`)} />
              ) : (
                t('webhooks.noCalls')
              ),
          },
          {
            id: 'created',
            title: t('webhooks.since'),
            sort: 'created_at',
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
        ]}
        bulk={[
          {
            id: 'delete',
            title: t('webhooks.delete'),
            icon: <IconTrash size={14} aria-hidden />,
            color: 'red',
            question: (count) => t('webhooks.deleteMany', { count }),
            run: ({ id, version }) =>
              api.DELETE('/api/platform/mail/webhooks/{id}', {
                params: { path: { id }, header: ifVersion(version) },
              }),
          },
        ]}
        empty={<EmptyState title={t('webhooks.empty')} text={t('webhooks.emptyText')} action={add} />}
      />
      {isAdding && <WebhookForm mailbox={state.mailbox ?? ''} onClose={() => setAdding(false)} onMade={setMade} />}
      <Modal
        opened={made !== null}
        onClose={() => setMade(null)}
        title={t('webhooks.secret')}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack>
          <Alert color="yellow">{t('webhooks.secretText')}</Alert>
          <Group wrap="nowrap" gap="xs">
            <Code block flex={1} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
              {made?.secret}
            </Code>
            <CopyButton value={made?.secret ?? ''} />
          </Group>
          <Text size="sm" c="dimmed">
            {t('webhooks.signed')}
          </Text>
          {made?.blocked && <BlockedAddress url={made.url} />}
          <Group justify="flex-end">
            <Button onClick={() => setMade(null)}>{t('webhooks.kept')}</Button>
          </Group>
        </Stack>
      </Modal>
    </Page>
  );
}
