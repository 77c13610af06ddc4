/** After a provider: the account has a second factor, whose code is still missing. */
import { $api } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeField } from './fields.tsx';
import { useGoOn } from './go-on.ts';
import { PublicForm } from './public-form.tsx';

export function ProviderCode({ challenge }: { challenge: string }) {
  const { t } = useTranslation('auth');
  const goOn = useGoOn();
  const [otp, setOtp] = useState('');
  const finish = $api.useMutation('post', '/api/platform/auth/session/oidc');
  return (
    <PublicForm
      title={t('signIn.codeTitle')}
      text={t('signIn.codeText')}
      action={t('signIn.submit')}
      isBusy={finish.isPending}
      error={finish.error}
      onSubmit={() => finish.mutate({ body: { challenge, otp } }, { onSuccess: () => goOn() })}
      links={[{ to: '/sign-in', title: t('signIn.back') }]}
    >
      <CodeField value={otp} onChange={setOtp} />
    </PublicForm>
  );
}
