/** The link that signs in, with the code of the second factor where there is one. */
import { $api, ApiError } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeField } from '../parts/fields.tsx';
import { useGoOn } from '../parts/go-on.ts';
import { WithToken } from '../parts/link-token.tsx';
import { PublicForm } from '../parts/public-form.tsx';

export default function MagicLink() {
  const { t } = useTranslation('auth');
  return <WithToken title={t('signIn.title')}>{(token) => <MagicForm token={token} />}</WithToken>;
}

function MagicForm({ token }: { token: string }) {
  const { t } = useTranslation('auth');
  const goOn = useGoOn();
  const [otp, setOtp] = useState('');
  const signIn = $api.useMutation('post', '/api/platform/auth/session/magic-link');
  const needsCode = signIn.error instanceof ApiError && signIn.error.code === 'otp_required';
  return (
    <PublicForm
      title={t('signIn.title')}
      text={t('magic.text')}
      action={t('signIn.submit')}
      isBusy={signIn.isPending}
      error={needsCode ? null : signIn.error}
      onSubmit={() => signIn.mutate({ body: { token, ...(otp !== '' && { otp }) } }, { onSuccess: () => goOn() })}
      links={[{ to: '/sign-in/link', title: t('magic.another') }]}
    >
      {(needsCode || otp !== '') && <CodeField value={otp} onChange={setOtp} />}
    </PublicForm>
  );
}
