/** What is used of one meter: how much of the limit, and what it comes to at the end of the month at this pace. */
import { ActionIcon, Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import IconCode from '@tabler/icons-react/dist/esm/icons/IconCode.mjs';
import { Count, Sentence, Time, useCanSendMail } from 'patchbay-platform/ui';
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

const MAILS_SENT = 'mails_sent';
const NEAR = 0.8;

interface MeterRowProps {
  meter: Meter;
  start: string;
  end: string;
  /** Shows how a program counts it. */
  onTry?(): void;
}

export function MeterRow({ meter, start, end, onTry }: MeterRowProps) {
  const { t } = useTranslation('billing');
  const names = useNames();
  const canSend = useCanSendMail();
  const { used, limit, period } = meter;
  const isLimited = limit >= 0;
  const share = limit > 0 ? used / limit : used > 0 ? 1 : 0;
  const forecast = period === 'month' ? forecastOf({ used, limit, start, end, now: Date.now() }) : null;
  const name = names.meter(meter.name, meter.summary);
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Group gap={4}>
          <Text size="sm" fw={500}>
            {name}
          </Text>
          {onTry && (
            <Tooltip label={t('usage.tryOf', { name })}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t('usage.tryOf', { name })}
                onClick={onTry}
              >
                <IconCode size={14} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
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
      {meter.name === MAILS_SENT && used > 0 && !canSend && (
        <Text size="xs" c="dimmed">
          {t('usage.onlyLogged')}
        </Text>
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
