/** On the dashboard: how many answers AI has made today, and what it has cost. */
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { $api, Count, Link, Loaded, useLiveRefresh } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { COSTS } from './ai-data.ts';
import { Cost } from './cost.tsx';

/** Purposes that are answers to people. */
const ANSWERS = new Set(['reply', 'mail']);

export default function TodayCard() {
  const { t } = useTranslation('ai-replies');
  const from = new Date().toISOString().slice(0, 10);
  const costs = $api.useQuery('get', COSTS, { params: { query: { by: 'purpose', from } } });
  useLiveRefresh(['ai.reply.generated', 'ai.reply.held'], () => costs.refetch());
  return (
    <Loaded of={costs} lines={3}>
      {({ items, total, currency }) => {
        const sum = (what: 'calls' | 'failures', of = items) => of.reduce((all, item) => all + item[what], 0);
        return (
          <Stack gap={4}>
            <Line name={t('today.answers')}>
              <Count
                value={sum(
                  'calls',
                  items.filter(({ subject }) => ANSWERS.has(subject)),
                )}
              />
            </Line>
            <Line name={t('costs.calls')}>
              <Count value={sum('calls')} />
            </Line>
            <Line name={t('costs.failures')}>
              <Count value={sum('failures')} />
            </Line>
            <Line name={t('costs.cost')}>
              <Cost amount={total} currency={currency} />
            </Line>
            <Anchor component={Link} to="/settings/ai/costs" size="sm">
              {t('costs.title')}
            </Anchor>
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Group justify="space-between">
      <Text size="sm">{name}</Text>
      {children}
    </Group>
  );
}
