/** That the customer did not get the last mail, why, and the way to send the code again. */
import { Alert, Button, Stack, Text } from '@mantine/core';
import { notifyFailed } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { type ShownLicence, useSendCode } from './shown-licence.ts';
import { useMayManage } from './use-may-manage.ts';

export function FailedMail({ licence }: { licence: ShownLicence }) {
  const { t } = useTranslation('licensing');
  const mayManage = useMayManage();
  const { send, isSending } = useSendCode(licence);
  const { mail_failure, email, status } = licence;
  if (mail_failure === null) return null;
  return (
    <Alert color="red" role="alert" title={t('licence.notMailed', { email })}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {mail_failure}
        </Text>
        <Text size="sm">{t('licence.notMailedText')}</Text>
        {mayManage && status === 'active' && (
          <Button size="xs" variant="default" loading={isSending} onClick={() => send().catch(notifyFailed)}>
            {t('licence.sendAgain')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
