/** Signing in: by password and second factor here, or by another way. */
import { Alert, Stack, TextInput } from '@mantine/core';
import { $api, ApiError, useUrlState, useVisitor } from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeField, PasswordField } from '../parts/fields.tsx';
import { useGoOn } from '../parts/go-on.ts';
import { NewServer } from '../parts/new-server.tsx';
import { OtherWays, withPlace } from '../parts/other-ways.tsx';
import { ProviderCode } from '../parts/provider-code.tsx';
import { PublicForm } from '../parts/public-form.tsx';

/** What a provider's round trip has left in the address: the browser tells it to no server. */
const fromProvider = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

export default function SignIn() {
  const { t, i18n } = useTranslation('auth');
  const [{ to }] = useUrlState();
  const goOn = useGoOn();
  const visitor = useVisitor();
  const [{ error: refused, challenge }] = useState(fromProvider);
  const [identifier, setIdentifier] = useState('');
  const [password, setPassword] = useState('');
  const [otp, setOtp] = useState('');
  const [isAnyway, setAnyway] = useState(false);
  const { data: ways } = $api.useQuery('get', '/api/platform/auth/ways');
  const signIn = $api.useMutation('post', '/api/platform/auth/session');
  const needsCode = signIn.error instanceof ApiError && signIn.error.code === 'otp_required';
  const isIn = visitor !== null && refused === undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for who comes here signed in, as from a provider
  useEffect(() => {
    if (isIn) goOn();
  }, [isIn]);
  if (refused === 'otp_required' && challenge !== undefined) return <ProviderCode challenge={challenge} />;

  if (ways?.is_new && !isAnyway)
    return <NewServer registrationIsOpen={ways.registration_is_open} onSignIn={() => setAnyway(true)} />;

  const body = { identifier, password, ...(otp !== '' && { otp }) };
  const meaning = [`auth:error.${refused}`, `shell:error.${refused}`].find((key) => i18n.exists(key));
  return (
    <PublicForm
      title={t('signIn.title')}
      action={t('signIn.submit')}
      isBusy={signIn.isPending || isIn}
      error={needsCode ? null : signIn.error}
      onSubmit={() => signIn.mutate({ body }, { onSuccess: () => goOn() })}
      others={<OtherWays to={to} />}
      links={[
        { to: withPlace('/sign-in/forgotten', to), title: t('signIn.forgotten') },
        ...(ways?.registration_is_open ? [{ to: withPlace('/register', to), title: t('signIn.register') }] : []),
      ]}
    >
      <Stack>
        {refused !== undefined && <Alert color="red" role="alert" title={t(meaning ?? 'signIn.providerFailed')} />}
        <TextInput
          label={t('signIn.identifier')}
          autoComplete="username"
          required
          value={identifier}
          onChange={(event) => setIdentifier(event.currentTarget.value)}
        />
        <PasswordField label={t('signIn.password')} value={password} onChange={setPassword} />
        {(needsCode || otp !== '') && <CodeField value={otp} onChange={setOtp} />}
      </Stack>
    </PublicForm>
  );
}
