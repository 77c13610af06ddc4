/** How often things happened, over the range in the address. */
import { SegmentedControl, SimpleGrid, Stack } from '@mantine/core';
import { Chart, Loaded, Panel, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { chartsOf, RANGES, rangeIn, useActivity } from './activity.ts';

export default function Charts() {
  const { t, i18n } = useTranslation('admin');
  const [{ range: written }, setUrl] = useUrlState();
  const range = rangeIn(written);
  const activity = useActivity(range);
  const titleOf = (key: string) => (i18n.exists(`admin:chart.${key}`) ? t(`chart.${key}`) : key);
  return (
    <Panel
      title={t('dashboard.activity')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('dashboard.range')}
          value={range}
          onChange={(chosen) => setUrl({ range: chosen === 'day' ? null : chosen })}
          data={Object.keys(RANGES).map((value) => ({ value, label: t(`dashboard.ranges.${value}`) }))}
        />
      }
    >
      <Loaded of={activity}>
        {(counted) => (
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
            {chartsOf(counted, range).map(({ key, times, series }) => (
              <Stack key={key} gap={4} component="section" aria-label={titleOf(key)}>
                <strong>{titleOf(key)}</strong>
                <Chart
                  title={titleOf(key)}
                  times={times}
                  series={series}
                  kind={series.length === 1 ? 'bars' : 'line'}
                />
              </Stack>
            ))}
          </SimpleGrid>
        )}
      </Loaded>
    </Panel>
  );
}
