/** Whether mail leaves this server, and the way to where that is set. */
import { Alert, Button, Stack, Text } from '@mantine/core';
import { Link, Panel, useCanSendMail } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function SendingPanel() {
  const { t } = useTranslation('admin');
  const canSend = useCanSendMail();
  return (
    <Panel title={t('sending.title')}>
      {canSend ? (
        <Text size="sm">{t('sending.works')}</Text>
      ) : (
        <Alert color="yellow" title={t('sending.off')}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t('sending.offText')}</Text>
            <Button component={Link} to="/settings/server/sending" size="xs" variant="default">
              {t('sending.setUp')}
            </Button>
          </Stack>
        </Alert>
      )}
    </Panel>
  );
}
