/** How far a broadcast is: what has arrived, what failed, what is still to come. */
import { Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BroadcastRow } from './broadcasts-data.ts';

const WHOLE = 100;
type Figures = Pick<BroadcastRow, 'total' | 'waiting' | 'sent' | 'succeeded' | 'failed' | 'unknown' | 'skipped'>;

export function ProgressBar({ of: { total, waiting, sent, succeeded, failed, unknown, skipped } }: { of: Figures }) {
  const { t } = useTranslation('robots');
  const share = (count: number) => (total === 0 ? 0 : (WHOLE * count) / total);
  return (
    <Stack gap={4} w="100%">
      <Progress.Root size="sm">
        <Progress.Section value={share(succeeded)} color="teal" aria-label={t('broadcasts.is.succeeded')} />
        <Progress.Section value={share(failed)} color="red" aria-label={t('broadcasts.is.failed')} />
        <Progress.Section value={share(unknown)} color="yellow" aria-label={t('broadcasts.is.unknown')} />
        <Progress.Section value={share(skipped)} color="gray.5" aria-label={t('broadcasts.is.skipped')} />
      </Progress.Root>
      <Text size="xs" c="dimmed" component="span">
        {t('broadcasts.progress', { succeeded, total, failed, waiting: waiting + sent })}
        {unknown > 0 && t('broadcasts.progressUnknown', { unknown })}
        {skipped > 0 && t('broadcasts.progressSkipped', { skipped })}
      </Text>
    </Stack>
  );
}
