/** Which version runs, and whether a newer one is offered where the operator has it looked for. */
import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, Facts, Link, Loaded, Panel, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { RunNow } from './run-now.tsx';

const UPDATES = '/api/platform/updates';

export function VersionPanel() {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const updates = $api.useQuery('get', UPDATES);
  return (
    <Loaded of={updates} lines={2}>
      {({ version, url, offered, checked_at, error }) => (
        <Panel title={t('updates.title')}>
          {offered !== null && (
            <Alert color="blue" title={t('updates.offeredTitle', { version: offered.version })}>
              <Stack gap="xs" align="flex-start">
                <Text size="sm">{t('updates.offeredText')}</Text>
                {offered.changelog !== null && (
                  <Anchor href={offered.changelog} target="_blank" rel="noreferrer" size="sm">
                    {t('updates.changelog')}
                  </Anchor>
                )}
              </Stack>
            </Alert>
          )}
          {error !== null && (
            <Alert color="yellow" title={t('updates.error')}>
              <Text size="sm" lang="en" style={{ overflowWrap: 'anywhere' }}>
                {error}
              </Text>
            </Alert>
          )}
          <Facts
            of={[
              [t('updates.runs'), version],
              [t('updates.newest'), url === null ? t('updates.off') : (offered?.version ?? t('updates.none'))],
              checked_at !== null && [t('updates.checked'), <Time key="checked" at={checked_at} style="ago" />],
            ]}
          />
          <Group>
            {url === null ? (
              <Button component={Link} to="/settings/server/general#updates.url" size="compact-sm" variant="default">
                {t('updates.set')}
              </Button>
            ) : (
              <RunNow
                name="core.checkUpdates"
                label={t('updates.ask')}
                onEnded={() => void queries.invalidateQueries({ queryKey: ['get', UPDATES] })}
              />
            )}
          </Group>
        </Panel>
      )}
    </Loaded>
  );
}
