/** For the dashboard: how many executions began today, and how many of them failed. */
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { $api, Count, Link, useLiveRefresh } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useRefresh } from './changes.ts';
import { listOf } from './list-answer.ts';
import { EXECUTIONS_LIVE } from './live-topics.ts';

export default function ExecutionsToday() {
  const { t } = useTranslation('workflows');
  const from = startOfToday();
  const refresh = useRefresh();
  useLiveRefresh(EXECUTIONS_LIVE, refresh);
  return (
    <Group gap="xl" align="flex-start">
      <Figure label={t('card.all')} query={{ created_at_from: from }} />
      <Figure label={t('card.failed')} query={{ created_at_from: from, status: 'faulted' }} color="red" />
      <Figure label={t('card.open')} query={{ status: 'running,waiting,pending' }} />
    </Group>
  );
}

function Figure({ label, query, color }: { label: string; query: Readonly<Record<string, string>>; color?: string }) {
  const { data } = $api.useQuery('get', '/api/platform/executions', { params: { query: { ...query, limit: 1 } } });
  const total = listOf(data)?.total;
  const isBad = color !== undefined && (total?.value ?? 0) > 0;
  return (
    <Stack gap={0}>
      <Text size="xl" fw={700} {...(isBad && { c: color })} component="span">
        <Count value={total?.value} />
        {total?.relation === 'at_least' && '+'}
      </Text>
      <Anchor component={Link} to={`/automations/runs?${new URLSearchParams(query)}`} size="sm">
        {label}
      </Anchor>
    </Stack>
  );
}

/** Midnight of the viewer. */
function startOfToday(): string {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  return day.toISOString();
}
