/** The session has ended while somebody works: they sign in again here, and lose nothing of what they have written. */
import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, storeToken } from '../client/api.ts';
import { ApiError } from '../client/api-error.ts';
import { type Me, meQuery } from '../client/me.ts';
import { sessionGoesOn } from '../client/session-end.ts';
import { announceSignedIn } from '../client/session-news.ts';
import { Failure } from '../kit/states.tsx';

export default function SignInAgain({ me }: { me: Me }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const identifier = me.user?.email ?? me.user?.username ?? '';
  const [password, setPassword] = useState('');
  const [otp, setOtp] = useState('');
  const [error, setError] = useState<unknown>(null);
  const needsCode = error instanceof ApiError && error.code === 'otp_required';

  const submit = async () => {
    setError(null);
    try {
      const body = { identifier, password, ...(otp !== '' && { otp }) };
      const { data } = await api.POST('/api/platform/auth/session', { body });
      if (data?.user?.id !== me.user?.id) return location.reload();
      storeToken(data?.csrf_token ?? null);
      queries.setQueryData(meQuery.queryKey, data ?? null);
      sessionGoesOn();
      announceSignedIn();
      await queries.invalidateQueries();
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <Modal opened onClose={() => {}} withCloseButton={false} title={t('again.title')} closeOnEscape={false}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <Text size="sm">{t('again.text')}</Text>
          <TextInput label={t('again.account')} value={identifier} readOnly autoComplete="username" />
          <PasswordInput
            data-autofocus
            label={t('again.password')}
            value={password}
            autoComplete="current-password"
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {(needsCode || otp !== '') && (
            <TextInput
              label={t('again.code')}
              value={otp}
              autoComplete="one-time-code"
              inputMode="numeric"
              onChange={(event) => setOtp(event.currentTarget.value)}
            />
          )}
          {error !== null && !needsCode && <Failure error={error} />}
          <Group justify="space-between">
            <Button variant="subtle" onClick={() => window.open('/sign-in', '_blank', 'noopener')}>
              {t('again.otherWay')}
            </Button>
            <Button type="submit">{t('again.submit')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
