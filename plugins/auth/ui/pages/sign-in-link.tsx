/** Signing in without a password: by a link that comes by mail. */
import { $api } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { MailRequest } from '../parts/mail-request.tsx';

export default function SignInLink() {
  const { t } = useTranslation('auth');
  const request = $api.useMutation('post', '/api/v2/auth/magic-link/request');
  return <MailRequest title={t('link.title')} text={t('link.text')} request={request} />;
}
