/** The link of an invitation: makes the account, and signs in. */
import { $api } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NameField, NewPasswordField } from '../parts/fields.tsx';
import { useGoOn } from '../parts/go-on.ts';
import { WithToken } from '../parts/link-token.tsx';
import { PublicForm } from '../parts/public-form.tsx';

export default function AcceptInvitation() {
  const { t } = useTranslation('auth');
  return <WithToken title={t('invited.title')}>{(token) => <AcceptForm token={token} />}</WithToken>;
}

function AcceptForm({ token }: { token: string }) {
  const { t } = useTranslation('auth');
  const goOn = useGoOn();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const accept = $api.useMutation('post', '/api/platform/auth/session/invitation');
  const body = { token, password, ...(name && { full_name: name }) };
  return (
    <PublicForm
      title={t('invited.title')}
      text={t('invited.text')}
      action={t('invited.submit')}
      isBusy={accept.isPending}
      error={accept.error}
      onSubmit={() => accept.mutate({ body }, { onSuccess: () => goOn() })}
    >
      <NameField value={name} onChange={setName} error={accept.error} />
      <NewPasswordField value={password} onChange={setPassword} error={accept.error} />
    </PublicForm>
  );
}
