/** The settings of one mailbox. */
import { Alert, Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  ApiError,
  api,
  Confirm,
  Failure,
  issueOf,
  Link,
  Loaded,
  Page,
  Panel,
  tellDone,
  useLeaveGuard,
  useMay,
  useMe,
  useParam,
  useRouter,
} from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { localTime } from '../parts/local-time.ts';
import { MailboxSignIn } from '../parts/mailbox-sign-in.tsx';

const ONE = '/api/platform/mail/mailboxes/{id}';

export default function MailboxPage() {
  const { t } = useTranslation('mail');
  const id = Number(useParam('id'));
  const query = $api.useQuery('get', ONE, { params: { path: { id } } });
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
      <Loaded of={query}>{(mailbox) => <Settings key={mailbox.version} mailbox={mailbox} />}</Loaded>
    </Page>
  );
}

export type MailboxView = NonNullable<
  Awaited<ReturnType<typeof api.GET<'/api/platform/mail/mailboxes/{id}', { params: { path: { id: number } } }>>>['data']
>;

function Settings({ mailbox }: { mailbox: MailboxView }) {
  const { t } = useTranslation('mail');
  const may = useMay();
  const { is_superadmin } = useMe();
  const mayManage = may('mail.rules');
  return (
    <Stack maw={720}>
      <General mailbox={mailbox} mayManage={mayManage} />
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

function General({ mailbox, mayManage }: { mailbox: MailboxView; mayManage: boolean }) {
  const { t } = useTranslation('mail');
  const client = useQueryClient();
  const { data: allowance } = $api.useQuery('get', '/api/platform/mail/allowance');
  const [pinned, setPinned] = useState(mailbox.pinned);
  const [favorite, setFavorite] = useState(mailbox.favorite);
  const [forwardTo, setForwardTo] = useState(mailbox.forward_to ?? '');
  const [end, setEnd] = useState(localTime(mailbox.expires_at));
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const body = {
    ...(pinned !== mailbox.pinned && { pinned }),
    ...(favorite !== mailbox.favorite && { favorite }),
    ...(forwardTo.trim() !== (mailbox.forward_to ?? '') && { forward_to: forwardTo.trim() || null }),
    ...(end !== '' && end !== localTime(mailbox.expires_at) && { expires_at: new Date(end).toISOString() }),
  };
  const isDirty = Object.keys(body).length > 0;
  useLeaveGuard(isDirty);
  const mayForward = allowance?.may_send === true || mailbox.forward_to !== null;
  const refresh = () =>
    Promise.all(
      [ONE, '/api/platform/mail/mailboxes'].map((path) => client.invalidateQueries({ queryKey: ['get', path] })),
    );
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      await api.PATCH(ONE, {
        params: { path: { id: mailbox.id }, header: { 'If-Match': `"${mailbox.version}"` } },
        body,
      });
      tellDone(t('mailbox.saved'));
      await refresh();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const isStale = error instanceof ApiError && error.status === 412;
  return (
    <Panel title={t('mailbox.general')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="sm">
          <Switch
            label={t('mailbox.favorite')}
            description={t('mailbox.favoriteText')}
            checked={favorite}
            disabled={!mayManage}
            onChange={(event) => setFavorite(event.currentTarget.checked)}
          />
          <Switch
            label={t('mailbox.pinned')}
            description={t('mailbox.pinnedText')}
            checked={pinned}
            disabled={!mayManage}
            onChange={(event) => setPinned(event.currentTarget.checked)}
          />
          {!pinned && !favorite && (
            <TextInput
              type="datetime-local"
              label={t('mailbox.ends')}
              description={mailbox.expires_at === null && end === '' ? t('mailbox.endsNever') : t('mailbox.endsText')}
              value={end}
              disabled={!mayManage}
              error={issueOf(error, 'expires_at')}
              onChange={(event) => setEnd(event.currentTarget.value)}
              maw={280}
            />
          )}
          <TextInput
            type="email"
            label={t('mailbox.forward')}
            description={mayForward ? t('mailbox.forwardText') : t('mailbox.forwardForbidden')}
            value={forwardTo}
            disabled={!mayManage || !mayForward}
            error={
              error instanceof ApiError && error.code === 'bad_address'
                ? t('error.bad_address')
                : issueOf(error, 'forward_to')
            }
            onChange={(event) => setForwardTo(event.currentTarget.value)}
          />
          {isStale && (
            <Alert color="yellow" role="alert" title={t('stale.title')}>
              <Text size="sm">{t('stale.text')}</Text>
              <Button size="compact-sm" variant="default" mt="xs" onClick={() => void refresh()}>
                {t('stale.show')}
              </Button>
            </Alert>
          )}
          {error !== null && !isStale && <Failure error={error} />}
          {mayManage && (
            <Group>
              <Button type="submit" disabled={!isDirty} loading={isBusy}>
                {t('save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Panel>
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
          tellDone(t('mailbox.emptied', { count: data?.deletedCount ?? 0 }));
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
          await api.DELETE(ONE, { params: { path: { id } } });
          tellDone(t('mailbox.deleted', { address }));
          await Promise.all(refresh());
          go('/mail/mailboxes');
        }}
      >
        {t('mailbox.deleteText', { address })}
      </Confirm>
    </Panel>
  );
}
