/** The printed set-up link: the first administrator, who is signed in at once and led through the first steps. */
import { Button, TextInput } from '@mantine/core';
import { $api, issueOf } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { setUpOnPage } from '../bounds.ts';
import { EmailField, NewPasswordField } from '../parts/fields.tsx';
import { useGoOn } from '../parts/go-on.ts';
import { WithToken } from '../parts/link-token.tsx';
import { PublicForm } from '../parts/public-form.tsx';
import { RestoreBackup } from '../parts/restore-backup.tsx';
import type { OpenedRestore } from '../parts/restore-views.ts';

export default function SetUp() {
  const { t } = useTranslation('auth');
  return <WithToken title={t('setUp.title')}>{(token) => <SetUpForm token={token} />}</WithToken>;
}

function SetUpForm({ token }: { token: string }) {
  const { t } = useTranslation('auth');
  const goOn = useGoOn();
  const [email, setEmail] = useState('');
  const [username, setUsername] = useState('');
  const [tenant, setTenant] = useState('');
  const [password, setPassword] = useState('');
  const [restore, setRestore] = useState<OpenedRestore | null>(null);
  const open = $api.useMutation('post', '/api/platform/setup/restore');
  const setUp = $api.useMutation('post', '/api/platform/auth/session/setup');
  const body = { token, email, password, ...(username && { username }), ...(tenant && { tenant_name: tenant }) };
  if (restore) return <RestoreBackup restore={restore} token={token} onBack={() => setRestore(null)} />;
  return (
    <PublicForm
      title={t('setUp.title')}
      text={t('setUp.text')}
      action={t('setUp.submit')}
      isBusy={setUp.isPending}
      error={setUp.error ?? open.error}
      others={
        <Button
          variant="subtle"
          loading={open.isPending}
          onClick={() => open.mutate({ body: { token } }, { onSuccess: setRestore })}
        >
          {t('restore.instead')}
        </Button>
      }
      onSubmit={() => setUp.mutate({ body }, { onSuccess: () => goOn('/first-steps') })}
    >
      <EmailField value={email} onChange={setEmail} error={setUp.error} />
      <TextInput
        label={t('setUp.username')}
        description={t('field.usernameRule')}
        autoComplete="nickname"
        {...setUpOnPage.username}
        title={t('field.usernameRule')}
        value={username}
        error={issueOf(setUp.error, 'username', ['username_taken'])}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      <NewPasswordField value={password} onChange={setPassword} error={setUp.error} />
      <TextInput
        label={t('setUp.tenant')}
        description={t('setUp.tenantHint')}
        autoComplete="organization"
        {...setUpOnPage.tenant_name}
        value={tenant}
        error={issueOf(setUp.error, 'tenant_name')}
        onChange={(event) => setTenant(event.currentTarget.value)}
      />
    </PublicForm>
  );
}
