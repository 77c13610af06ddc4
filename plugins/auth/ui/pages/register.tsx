/** A new account with an organisation of its own, where the operator lets anybody make one. */
import { TextInput } from '@mantine/core';
import { $api, EmptyState, issueOf, Loaded, Page, useUrlState } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { registerOnPage } from '../bounds.ts';
import { EmailField, NameField, NewPasswordField } from '../parts/fields.tsx';
import { useGoOn } from '../parts/go-on.ts';
import { withPlace } from '../parts/other-ways.tsx';
import { PublicForm } from '../parts/public-form.tsx';

export default function Register() {
  const { t } = useTranslation('auth');
  const ways = $api.useQuery('get', '/api/platform/auth/ways');
  return (
    <Loaded of={ways}>
      {({ registration_is_open }) =>
        registration_is_open ? (
          <RegisterForm />
        ) : (
          <Page title={t('register.title')}>
            <EmptyState title={t('register.closed')} text={t('register.closedText')} />
          </Page>
        )
      }
    </Loaded>
  );
}

function RegisterForm() {
  const { t } = useTranslation('auth');
  const [{ to }] = useUrlState();
  const goOn = useGoOn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [name, setName] = useState('');
  const [tenant, setTenant] = useState('');
  const register = $api.useMutation('post', '/api/platform/auth/session/register');
  const body = { email, password, ...(name && { full_name: name }), ...(tenant && { tenant_name: tenant }) };
  return (
    <PublicForm
      title={t('register.title')}
      text={t('register.text')}
      action={t('register.submit')}
      isBusy={register.isPending}
      error={register.error}
      onSubmit={() => register.mutate({ body }, { onSuccess: () => goOn() })}
      links={[{ to: withPlace('/sign-in', to), title: t('register.known') }]}
    >
      <NameField value={name} onChange={setName} error={register.error} />
      <EmailField value={email} onChange={setEmail} error={register.error} />
      <NewPasswordField value={password} onChange={setPassword} error={register.error} />
      <TextInput
        label={t('register.tenant')}
        description={t('register.tenantHint')}
        autoComplete="organization"
        {...registerOnPage.tenant_name}
        value={tenant}
        error={issueOf(register.error, 'tenant_name')}
        onChange={(event) => setTenant(event.currentTarget.value)}
      />
    </PublicForm>
  );
}
