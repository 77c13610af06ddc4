/** Whether mail leaves this server; where it does not, what to write into the configuration so that it does. */
import { Alert, Code, Group, Stack, Text } from '@mantine/core';
import { CopyButton, Panel, useCanSendMail } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function SendingPanel() {
  const { t } = useTranslation('admin');
  const canSend = useCanSendMail();
  return (
    <Panel title={t('sending.title')}>
      {canSend ? (
        <Text size="sm">{t('sending.works')}</Text>
      ) : (
        <>
          <Alert color="yellow" title={t('sending.off')}>
            {t('sending.offText')}
          </Alert>
          <Text size="sm">{t('sending.setUp')}</Text>
          {WAYS.map(({ id, config }) => (
            <Stack key={id} gap={4}>
              <Group gap={4}>
                <Text size="sm" fw={500}>
                  {t(`sending.${id}`)}
                </Text>
                <CopyButton value={config} label={t('sending.copy', { way: t(`sending.${id}`) })} />
              </Group>
              <Code block tabIndex={0}>
                {config}
              </Code>
            </Stack>
          ))}
        </>
      )}
    </Panel>
  );
}

const WAYS = [
  {
    id: 'relay',
    config: `mailer:
  transport: smtp
  from: Your Company <noreply@your-company.com>
  smtp: { host: mail.your-company.com, port: 587, user: patchbay, password: "\${SMTP_PASSWORD}" }`,
  },
  {
    id: 'resend',
    config: `mailer:
  transport: resend
  from: Your Company <noreply@your-company.com>
  resend: { apiKey: "\${RESEND_API_KEY}" }`,
  },
  {
    id: 'direct',
    config: `mailer:
  transport: mx
  from: Your Company <noreply@your-company.com>
  mx: { hostname: mail.your-company.com }`,
  },
] as const;
