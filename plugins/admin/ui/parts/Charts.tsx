/** How often things happened, over the range in the address; and what was today. */
import { SegmentedControl, SimpleGrid, Stack } from '@mantine/core';
import { Chart, Loaded, Panel, useFormats, useMay, useUrlState } from 'patchbay/ui';
import { useTranslation } from 'react-i18next';
import { chartsOf, RANGES, rangeIn, todayOf, useActivity } from './activity.ts';
import { Figure } from './Figure.tsx';
import { useHealth } from './use-health.ts';

export function Charts() {
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

/** The numbers of today that operators look at first. */
export function Today() {
  const { t } = useTranslation('admin');
  const { number, duration } = useFormats();
  const isOperator = useMay()('admin.system');
  const activity = useActivity('day');
  const health = useHealth(isOperator);
  const counted = activity.data;
  const figure = (name: string, to: string) => {
    const count = counted ? todayOf(counted, name) : null;
    return count !== null && <Figure title={t(`today.${name}`)} value={number(count)} to={to} />;
  };
  if (!isOperator) return null;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3 }}>
      {health.data && (
        <Figure
          title={t('system.health')}
          value={t(`health.${health.data.status}`)}
          text={t('today.since', { time: duration(health.data.uptimeSeconds * 1000) })}
          to="/system"
        />
      )}
      {figure('core.requests', '/system')}
      {figure('core.errors', '/logs?level=error')}
    </SimpleGrid>
  );
}
