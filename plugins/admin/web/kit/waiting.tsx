/** What stands where data will be. */
import { Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** The outline of what is coming. */
export function Waiting({ lines = 6 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status" aria-label={t('waiting')}>
      {Array.from({ length: lines }, (_, line) => `${100 - (line % 3) * 12 - line / 100}%`).map((width) => (
        <Skeleton key={width} height={28} width={width} />
      ))}
    </Stack>
  );
}
