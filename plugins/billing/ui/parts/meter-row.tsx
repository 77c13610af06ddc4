/** What is used of one meter: how much of the limit, and what it comes to at the end of the month at this pace. */
import { Group, Progress, Stack, Text } from '@mantine/core';
import { Count, Sentence, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { forecastOf } from './forecast.ts';
import { useNames } from './names.ts';

export interface Meter {
  name: string;
  summary: string;
  period: 'month' | 'current';
  used: number;
  limit: number;
}

const NEAR = 0.8;

export function MeterRow({ meter, start, end }: { meter: Meter; start: string; end: string }) {
  const { t } = useTranslation('billing');
  const names = useNames();
  const { used, limit, period } = meter;
  const isLimited = limit >= 0;
  const share = limit > 0 ? used / limit : used > 0 ? 1 : 0;
  const forecast = period === 'month' ? forecastOf({ used, limit, start, end, now: Date.now() }) : null;
  const name = names.meter(meter.name, meter.summary);
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          {name}
        </Text>
        <Text size="sm">
          <Count value={used} />
          {' / '}
          {isLimited ? <Count value={limit} /> : t('usage.unlimited')}
        </Text>
      </Group>
      {isLimited && (
        <Progress
          value={Math.min(100, share * 100)}
          color={share >= 1 ? 'red' : share >= NEAR ? 'yellow' : 'blue'}
          aria-label={name}
        />
      )}
      {forecast && (
        <Text size="xs" c="dimmed">
          {forecast.reachedAt !== null ? (
            <Sentence text={t('usage.reached')} parts={{ when: <Time at={forecast.reachedAt} style="date" /> }} />
          ) : (
            <Sentence
              text={t('usage.forecast')}
              parts={{ count: <Count value={forecast.atEnd} />, when: <Time at={end} style="date" /> }}
            />
          )}
        </Text>
      )}
    </Stack>
  );
}
