/** On the dashboard: how many robots are there now, and what they have heard today. */
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { $api, Count, Link, Loaded, useLiveRefresh } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { STATE_TOPICS, useRobotTotal } from './robots-data.ts';

export default function TodayCard() {
  const { t } = useTranslation('robots');
  const from = new Date().toISOString().slice(0, 10);
  const all = useRobotTotal();
  const online = useRobotTotal('online');
  const today = $api.useQuery('get', '/api/platform/robots/statistics', { params: { query: { from } } });
  useLiveRefresh(STATE_TOPICS, () => online.refetch());
  return (
    <Loaded of={today} lines={3}>
      {({ totals }) => (
        <Stack gap={4}>
          {(
            [
              ['online', online.data?.total?.value],
              ['all', all.data?.total?.value],
              ['messages', totals.messages],
              ['failed', totals.failed],
            ] as const
          ).map(([name, value]) => (
            <Group key={name} justify="space-between">
              <Text size="sm">{t(`today.${name}`)}</Text>
              <Count value={value} />
            </Group>
          ))}
          <Anchor component={Link} to="/assistants" size="sm">
            {t('list.title')}
          </Anchor>
        </Stack>
      )}
    </Loaded>
  );
}
