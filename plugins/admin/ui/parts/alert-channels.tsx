/** On which ways somebody is told, and a test of each that says what really happened. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import IconSend from '@tabler/icons-react/dist/esm/icons/IconSend.mjs';
import { $api, CannotSendMail, Link, messageOf, Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { AlertChannel } from './alerts.ts';

export function AlertChannels({ channels }: { channels: readonly AlertChannel[] }) {
  const { t } = useTranslation('admin');
  return (
    <Panel
      title={t('alerts.channels')}
      actions={
        <Button component={Link} to="/settings/server/alerts" size="compact-sm" variant="default">
          {t('alerts.settings')}
        </Button>
      }
    >
      <Stack gap="md">
        {channels.map((one) => (
          <Channel key={one.channel} channel={one} />
        ))}
      </Stack>
    </Panel>
  );
}

function Channel({ channel: { channel, leads_to } }: { channel: AlertChannel }) {
  const { t } = useTranslation('admin');
  const { t: words } = useTranslation();
  const test = $api.useMutation('post', '/api/platform/alerts/test');
  const name = t(`alerts.channelNames.${channel}`);
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {leads_to.length === 0 ? t('alerts.nobody') : leads_to.join(', ')}
          </Text>
        </div>
        {leads_to.length > 0 && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconSend size={14} aria-hidden />}
            loading={test.isPending}
            aria-label={t('alerts.testNamed', { name })}
            onClick={() => test.mutate({ body: { channel } })}
          >
            {t('alerts.test')}
          </Button>
        )}
      </Group>
      {channel === 'mail' && <CannotSendMail>{t('alerts.noMail')}</CannotSendMail>}
      {test.data?.findings.map(({ ok, text }) => (
        <Alert key={text} color={ok ? 'teal' : 'red'} title={t(ok ? 'alerts.arrived' : 'alerts.failed')} role="status">
          <Text size="sm" lang="en" style={{ overflowWrap: 'anywhere' }}>
            {text}
          </Text>
        </Alert>
      ))}
      {test.error !== null && (
        <Alert color="red" title={t('alerts.failed')} role="status">
          {messageOf(test.error, words('failure.offline'))}
        </Alert>
      )}
    </Stack>
  );
}
