/** A forgotten password: a link to choose another comes by mail. */
import { $api } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { MailRequest } from '../parts/mail-request.tsx';

export default function Forgotten() {
  const { t } = useTranslation('auth');
  const request = $api.useMutation('post', '/api/v2/auth/forgot-password');
  return <MailRequest title={t('forgotten.title')} text={t('forgotten.text')} request={request} />;
}
