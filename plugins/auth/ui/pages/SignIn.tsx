/** Signing in: by password and second factor. */
import { Button, Paper, PasswordInput, Stack, TextInput } from '@mantine/core';
import { $api, ApiError, Failure, Page, useUrlState } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export default function SignIn() {
  const { t } = useTranslation('auth');
  const [{ to = '/' }] = useUrlState();
  const [identifier, setIdentifier] = useState('');
  const [password, setPassword] = useState('');
  const [otp, setOtp] = useState('');
  const signIn = $api.useMutation('post', '/api/platform/auth/session');
  const needsCode = signIn.error instanceof ApiError && signIn.error.code === 'otp_required';
  const submit = () =>
    signIn.mutate(
      { body: { identifier, password, ...(otp !== '' && { otp }) } },
      { onSuccess: () => location.assign(to.startsWith('/') && !to.startsWith('//') ? to : '/') },
    );
  return (
    <Page title={t('signIn.title')}>
      <Paper withBorder p="lg" radius="md">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Stack>
            <TextInput
              label={t('signIn.identifier')}
              autoComplete="username"
              required
              value={identifier}
              onChange={(event) => setIdentifier(event.currentTarget.value)}
            />
            <PasswordInput
              label={t('signIn.password')}
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {(needsCode || otp !== '') && (
              <TextInput
                label={t('signIn.code')}
                autoComplete="one-time-code"
                inputMode="numeric"
                value={otp}
                onChange={(event) => setOtp(event.currentTarget.value)}
              />
            )}
            {signIn.error && !needsCode && <Failure error={signIn.error} />}
            <Button type="submit" loading={signIn.isPending}>
              {t('signIn.submit')}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Page>
  );
}
