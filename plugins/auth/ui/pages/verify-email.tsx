/** The link that confirms an e-mail address. */
import { $api } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { WithToken } from '../parts/link-token.tsx';
import { PublicDone, PublicForm } from '../parts/public-form.tsx';

export default function VerifyEmail() {
  const { t } = useTranslation('auth');
  return <WithToken title={t('verify.title')}>{(token) => <VerifyForm token={token} />}</WithToken>;
}

function VerifyForm({ token }: { token: string }) {
  const { t } = useTranslation('auth');
  const verify = $api.useMutation('post', '/api/v2/auth/verify-email');
  const links = [{ to: '/', title: t('verify.home') }];
  if (verify.isSuccess) return <PublicDone title={t('verify.title')} text={t('verify.done')} links={links} />;
  return (
    <PublicForm
      title={t('verify.title')}
      text={t('verify.text')}
      action={t('verify.submit')}
      isBusy={verify.isPending}
      error={verify.error}
      onSubmit={() => verify.mutate({ body: { token } })}
    />
  );
}
