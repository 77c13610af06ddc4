/** How long a mailbox is kept, and where its mail is forwarded. */
import { Button, Group, Stack, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  type AnswerOf,
  ApiError,
  api,
  issueOf,
  MomentField,
  NotSaved,
  notifyDone,
  Panel,
  useFormats,
  useLeaveGuard,
  useVersionedForm,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export const MAILBOX = '/api/platform/mail/mailboxes/{id}';
export type MailboxView = AnswerOf<typeof MAILBOX>;

/** What somebody has touched, as its fields have it. */
interface Written {
  pinned?: boolean;
  favorite?: boolean;
  forwardTo?: string;
  end?: string | null;
}

export function MailboxGeneral({ mailbox, mayManage }: { mailbox: MailboxView; mayManage: boolean }) {
  const { t } = useTranslation('mail');
  const client = useQueryClient();
  const { dateTime } = useFormats();
  const { data: allowance } = $api.useQuery('get', '/api/platform/mail/allowance');
  const [written, setWritten] = useState<Written>({});
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const readAgain = () =>
    Promise.all(
      [MAILBOX, '/api/platform/mail/mailboxes'].map((path) => client.invalidateQueries({ queryKey: ['get', path] })),
    );
  const path = { id: mailbox.id };
  const versioned = useVersionedForm(mailbox, {
    read: async () => (await api.GET(MAILBOX, { params: { path } })).data,
    labels: {
      favorite: t('mailbox.favorite'),
      pinned: t('mailbox.pinned'),
      expires_at: t('mailbox.ends'),
      forward_to: t('mailbox.forward'),
    },
    textOf: (field, row) => (field === 'expires_at' && row.expires_at !== null ? dateTime(row.expires_at) : undefined),
    follows: Object.keys(written).length === 0,
  });
  const opened = versioned.opened ?? mailbox;
  const before = {
    pinned: opened.pinned,
    favorite: opened.favorite,
    forwardTo: opened.forward_to ?? '',
    end: opened.expires_at,
  };
  const { pinned, favorite, forwardTo, end } = { ...before, ...written };
  const body = {
    ...(pinned !== before.pinned && { pinned }),
    ...(favorite !== before.favorite && { favorite }),
    ...(forwardTo.trim() !== before.forwardTo && { forward_to: forwardTo.trim() || null }),
    ...(end !== null && end !== before.end && { expires_at: end }),
  };
  const isDirty = Object.keys(body).length > 0;
  useLeaveGuard(isDirty);
  const put = (change: Written) => setWritten({ ...written, ...change });
  const mayForward = allowance?.may_send === true || opened.forward_to !== null;
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      await versioned.save(body, (header, changes) => api.PATCH(MAILBOX, { params: { path, header }, body: changes }));
      notifyDone(t('mailbox.saved'));
      await readAgain();
      setWritten({});
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
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
            onChange={(event) => put({ favorite: event.currentTarget.checked })}
          />
          <Switch
            label={t('mailbox.pinned')}
            description={t('mailbox.pinnedText')}
            checked={pinned}
            disabled={!mayManage}
            onChange={(event) => put({ pinned: event.currentTarget.checked })}
          />
          {!pinned && !favorite && (
            <MomentField
              label={t('mailbox.ends')}
              description={opened.expires_at === null && end === null ? t('mailbox.endsNever') : t('mailbox.endsText')}
              value={end}
              disabled={!mayManage}
              error={issueOf(error, 'expires_at')}
              onChange={(next) => put({ end: next })}
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
            onChange={(event) => put({ forwardTo: event.currentTarget.value })}
          />
          {error !== null && <NotSaved error={error} form={versioned} />}
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
