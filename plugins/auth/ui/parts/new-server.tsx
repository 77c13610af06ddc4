/** In place of a sign-in form that nobody can fill in yet: where the link is that makes the administrator. */
import { Anchor, Button, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { CopyButton, Link, Page } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const COMMAND = 'npx patchbay setup:link';

export function NewServer({ registrationIsOpen, onSignIn }: { registrationIsOpen: boolean; onSignIn(): void }) {
  const { t } = useTranslation('auth');
  return (
    <Page title={t('newServer.title')} intro={t('newServer.text')}>
      <Paper withBorder p="lg" radius="md">
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{t('newServer.where')}</Text>
          <Text size="sm">{t('newServer.again')}</Text>
          <Group gap="xs" wrap="nowrap">
            <Code fz="sm">{COMMAND}</Code>
            <CopyButton value={COMMAND} label={t('newServer.copy')} />
          </Group>
          <Text size="sm" c="dimmed">
            {t('newServer.ended')}
          </Text>
        </Stack>
      </Paper>
      <Group justify="center" gap="lg">
        {registrationIsOpen && (
          <Anchor component={Link} to="/register" size="sm">
            {t('signIn.register')}
          </Anchor>
        )}
        <Button variant="subtle" size="compact-sm" onClick={onSignIn}>
          {t('newServer.anyway')}
        </Button>
      </Group>
    </Page>
  );
}
