/** The plugins that are on: version, health, what they need. */
import { Anchor, Badge, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { $api, Link, Loaded, Page, State } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export default function Plugins() {
  const { t } = useTranslation('admin');
  const plugins = $api.useQuery('get', '/api/platform/plugins');
  return (
    <Page title={t('plugins.title')} intro={t('plugins.intro')}>
      <Loaded of={plugins}>
        {({ items }) => (
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            {items.map(({ name, version, summary, health, migrations }) => {
              const waiting = migrations.filter(({ applied }) => !applied).length;
              return (
                <Paper key={name} withBorder radius="md" p="md">
                  <Stack gap={6}>
                    <Group justify="space-between">
                      <Anchor component={Link} to={`/settings/plugins/${name}`} fw={600}>
                        {name}
                      </Anchor>
                      <Group gap={6}>
                        <Badge variant="default" tt="none" radius="sm">
                          {version}
                        </Badge>
                        <State
                          value={health?.status ?? 'ok'}
                          text={t(health ? `health.${health.status}` : 'plugins.running')}
                        />
                      </Group>
                    </Group>
                    <Text size="sm" c="dimmed">
                      {summary}
                    </Text>
                    {waiting > 0 && (
                      <Text size="sm" c="red">
                        {t('plugins.waiting', { count: waiting })}
                      </Text>
                    )}
                  </Stack>
                </Paper>
              );
            })}
          </SimpleGrid>
        )}
      </Loaded>
    </Page>
  );
}
