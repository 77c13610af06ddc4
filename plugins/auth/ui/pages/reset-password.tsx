/** The link of a forgotten password: sets another, and ends all sessions. */
import { $api } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NewPasswordField } from '../parts/fields.tsx';
import { WithToken } from '../parts/link-token.tsx';
import { PublicDone, PublicForm } from '../parts/public-form.tsx';

export default function ResetPassword() {
  const { t } = useTranslation('auth');
  return <WithToken title={t('reset.title')}>{(token) => <ResetForm token={token} />}</WithToken>;
}

function ResetForm({ token }: { token: string }) {
  const { t } = useTranslation('auth');
  const [password, setPassword] = useState('');
  const reset = $api.useMutation('post', '/api/v2/auth/reset-password');
  const links = [{ to: '/sign-in', title: t('signIn.title') }];
  if (reset.isSuccess) return <PublicDone title={t('reset.title')} text={t('reset.done')} links={links} />;
  return (
    <PublicForm
      title={t('reset.title')}
      text={t('reset.text')}
      action={t('reset.submit')}
      isBusy={reset.isPending}
      error={reset.error}
      onSubmit={() => reset.mutate({ body: { token, new_password: password } })}
    >
      <NewPasswordField value={password} onChange={setPassword} error={reset.error} />
    </PublicForm>
  );
}
