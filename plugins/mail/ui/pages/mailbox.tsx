/** The settings of one mailbox. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  Confirm,
  Link,
  Loaded,
  notifyDone,
  Page,
  Panel,
  useMay,
  useMe,
  useParam,
  useRouter,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MAILBOX, MailboxGeneral, type MailboxView } from '../parts/mailbox-general.tsx';
import { MailboxSignIn } from '../parts/mailbox-sign-in.tsx';

export default function MailboxPage() {
  const { t } = useTranslation('mail');
  const id = Number(useParam('id'));
  const query = $api.useQuery('get', MAILBOX, { params: { path: { id } } });
  return (
    <Page
      title={query.data?.address ?? t('mailboxes.settings')}
      trail={[{ title: t('mailboxes.title'), to: '/mail/mailboxes' }]}
      actions={
        query.data && (
          <Button component={Link} to={`/mail?mailbox=${encodeURIComponent(query.data.address)}`} variant="default">
            {t('mailboxes.open')}
          </Button>
        )
      }
    >
      <Loaded of={query}>{(mailbox) => <Settings mailbox={mailbox} />}</Loaded>
    </Page>
  );
}

function Settings({ mailbox }: { mailbox: MailboxView }) {
  const { t } = useTranslation('mail');
  const may = useMay();
  const { is_superadmin } = useMe();
  const mayManage = may('mail.rules');
  return (
    <Stack maw={720}>
      <MailboxGeneral mailbox={mailbox} mayManage={mayManage} />
      <Panel title={t('mailbox.export')}>
        <Text size="sm">{t('mailbox.exportText')}</Text>
        <Group>
          <Button
            component="a"
            href={`/api/platform/mail/mailboxes/${mailbox.id}/mbox`}
            download={`${mailbox.address}.mbox`}
            variant="default"
          >
            {t('mailbox.exportAction')}
          </Button>
        </Group>
      </Panel>
      {mayManage && (
        <Panel title={t('mailbox.more')}>
          <Group>
            <Button
              component={Link}
              to={`/mail/rules?mailbox=${encodeURIComponent(mailbox.address)}`}
              variant="default"
            >
              {t('mailbox.rules')}
            </Button>
            <Button
              component={Link}
              to={`/mail/webhooks?mailbox=${encodeURIComponent(mailbox.address)}`}
              variant="default"
            >
              {t('mailbox.webhooks')}
            </Button>
          </Group>
        </Panel>
      )}
      {is_superadmin && <MailboxSignIn mailbox={mailbox} />}
      {mayManage && <Removal mailbox={mailbox} />}
    </Stack>
  );
}

function Removal({ mailbox }: { mailbox: MailboxView }) {
  const { t } = useTranslation('mail');
  const { go } = useRouter();
  const client = useQueryClient();
  const [asked, setAsked] = useState<'empty' | 'delete' | null>(null);
  const refresh = () =>
    ['/api/platform/mail/mailboxes', '/api/platform/mail/messages', '/api/platform/mail/quarantine'].map((path) =>
      client.invalidateQueries({ queryKey: ['get', path] }),
    );
  const { id, address } = mailbox;
  return (
    <Panel title={t('mailbox.removal')}>
      <Text size="sm">{t('mailbox.removalText')}</Text>
      <Group>
        <Button variant="default" onClick={() => setAsked('empty')}>
          {t('mailbox.empty')}
        </Button>
        <Button color="red" variant="light" onClick={() => setAsked('delete')}>
          {t('mailbox.delete')}
        </Button>
      </Group>
      <Confirm
        title={t('mailbox.empty')}
        name={address}
        action={t('mailbox.empty')}
        isOpen={asked === 'empty'}
        onClose={() => setAsked(null)}
        onConfirm={async () => {
          const { data } = await api.DELETE('/api/emails', { params: { query: { mailbox: address } } });
          notifyDone(t('mailbox.emptied', { count: data?.deletedCount ?? 0 }));
          await Promise.all(refresh());
        }}
      >
        {t('mailbox.emptyText', { address })}
      </Confirm>
      <Confirm
        title={t('mailbox.delete')}
        name={address}
        action={t('mailbox.delete')}
        isOpen={asked === 'delete'}
        onClose={() => setAsked(null)}
        onConfirm={async () => {
          await api.DELETE(MAILBOX, { params: { path: { id } } });
          notifyDone(t('mailbox.deleted', { address }));
          await Promise.all(refresh());
          go('/mail/mailboxes');
        }}
      >
        {t('mailbox.deleteText', { address })}
      </Confirm>
    </Panel>
  );
}
