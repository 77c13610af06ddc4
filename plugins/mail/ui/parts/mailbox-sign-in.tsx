/** Signing in as the mailbox, which operators allow: whether, and with which password. */
import { Button, Group, PasswordInput, Stack, Switch, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, Failure, notifyDone, notifyFailed, Panel } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const ONE = '/api/platform/mail/mailboxes/{id}';

export function MailboxSignIn({ mailbox }: { mailbox: { id: number; can_login: boolean } }) {
  const { t } = useTranslation('mail');
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const change = async (body: { can_login?: boolean; password?: string | null }, said: string) => {
    await api.PATCH(ONE, { params: { path: { id: mailbox.id } }, body });
    notifyDone(said);
    await client.invalidateQueries({ queryKey: ['get', ONE] });
  };
  return (
    <Panel title={t('mailbox.signIn')}>
      <Switch
        label={t('mailbox.canLogin')}
        description={t('mailbox.canLoginText')}
        checked={mailbox.can_login}
        onChange={(event) => {
          const isOn = event.currentTarget.checked;
          change({ can_login: isOn }, t(isOn ? 'mailbox.loginOn' : 'mailbox.loginOff')).catch(notifyFailed);
        }}
      />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setError(null);
          change({ password }, t('mailbox.passwordSet')).then(() => setPassword(''), setError);
        }}
      >
        <Stack gap="sm">
          <PasswordInput
            label={t('mailbox.password')}
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {error !== null && <Failure error={error} />}
          <Group>
            <Button type="submit" variant="default" disabled={password === ''}>
              {t('mailbox.setPassword')}
            </Button>
            <Button
              variant="subtle"
              onClick={() => void change({ password: null }, t('mailbox.passwordCleared')).catch(notifyFailed)}
            >
              {t('mailbox.clearPassword')}
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            {t('mailbox.passwordText')}
          </Text>
        </Stack>
      </form>
    </Panel>
  );
}
