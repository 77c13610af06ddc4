/** How many licences there are, of which kinds, on how many devices. */
import { Paper, SimpleGrid, Text } from '@mantine/core';
import { $api, Count, useLiveRefresh } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function useFigures() {
  const stats = $api.useQuery('get', '/api/admin/stats');
  useLiveRefresh(['licence.*'], () => stats.refetch());
  return stats;
}

export function Figures() {
  const { t } = useTranslation('licensing');
  const stats = useFigures().data?.stats;
  const { monthly, yearly, lifetime } = stats?.plan_statistics ?? {};
  const figures = [
    ['total', stats?.total_licenses],
    ['active', stats?.active_licenses],
    ['devices', stats?.active_devices],
    ['monthly', monthly],
    ['yearly', yearly],
    ['lifetime', lifetime],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 3, md: 6 }} spacing="sm" component="dl" m={0}>
      {figures.map(([name, value]) => (
        <Paper key={name} withBorder radius="md" px="sm" py="xs">
          <Text component="dt" size="xs" c="dimmed">
            {t(`figures.${name}`)}
          </Text>
          <Text component="dd" m={0} size="lg" fw={600}>
            <Count value={value} />
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
