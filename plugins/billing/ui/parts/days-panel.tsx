/** Day by day, how much of a meter was used. */
import { Group, SegmentedControl, Select } from '@mantine/core';
import { Chart, EmptyState, Loaded, Panel, useRows, useUrlState } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Day, lastDays } from './days.ts';
import type { Meter } from './meter-row.tsx';
import { useNames } from './names.ts';

const SPANS = ['30', '90'];

interface DaysPanelProps {
  meters: readonly Omit<Meter, 'limit'>[];
  /** Another tenant's, for super-admins. */
  tenant?: string;
}

export function DaysPanel({ meters, tenant }: DaysPanelProps) {
  const { t } = useTranslation('billing');
  const names = useNames();
  const [address, setAddress] = useUrlState();
  const busiest = [...meters].sort((one, other) => other.used - one.used)[0];
  const meter = meters.find(({ name }) => name === address.meter) ?? busiest;
  const span = SPANS.includes(address.days ?? '') ? (address.days ?? '30') : '30';
  if (!meter) return null;
  return (
    <Panel
      title={t('days.title')}
      actions={
        <Group gap="xs">
          <Select
            aria-label={t('days.meter')}
            data={meters.map(({ name, summary }) => ({ value: name, label: names.meter(name, summary) }))}
            value={meter.name}
            onChange={(value) => setAddress({ meter: value })}
            allowDeselect={false}
            w={200}
          />
          <SegmentedControl
            aria-label={t('days.span')}
            data={SPANS.map((days) => ({ value: days, label: t('days.last', { count: Number(days) }) }))}
            value={span}
            onChange={(days) => setAddress({ days })}
          />
        </Group>
      }
    >
      {tenant === undefined ? (
        <OwnDays meter={meter} span={Number(span)} />
      ) : (
        <DaysOfTenant meter={meter} span={Number(span)} tenant={tenant} />
      )}
    </Panel>
  );
}

interface DaysProps {
  meter: Omit<Meter, 'limit'>;
  span: number;
}

function OwnDays({ meter, span }: DaysProps) {
  const { t } = useTranslation('billing');
  const days = useRows('/api/platform/billing/usage/days', { query: { meter: meter.name, sort: '-day' } });
  const hint = t('usage.nothingText');
  return <Loaded of={days}>{(items) => <DaysChart items={items} meter={meter} span={span} hint={hint} />}</Loaded>;
}

function DaysOfTenant({ meter, span, tenant }: DaysProps & { tenant: string }) {
  const query = { meter: meter.name, sort: '-day' };
  const days = useRows('/api/platform/billing/tenants/{id}/usage/days', { at: { id: tenant }, query });
  return <Loaded of={days}>{(items) => <DaysChart items={items} meter={meter} span={span} />}</Loaded>;
}

interface DaysChartProps extends DaysProps {
  items: readonly Day[];
  /** Where nothing was used. */
  hint?: string;
}

function DaysChart({ items, meter, span, hint }: DaysChartProps) {
  const { t } = useTranslation('billing');
  const name = useNames().meter(meter.name, meter.summary);
  const isStanding = meter.period === 'current';
  const { times, values } = useMemo(() => lastDays(items, span, Date.now(), isStanding), [items, span, isStanding]);
  const series = useMemo(() => [{ name, values }], [name, values]);
  if (values.every((value) => !value))
    return <EmptyState title={t('days.none')} {...(hint !== undefined && { text: hint })} />;
  return (
    <Chart
      title={t('days.of', { what: name })}
      times={times}
      series={series}
      kind={isStanding ? 'line' : 'bars'}
      height={200}
    />
  );
}
