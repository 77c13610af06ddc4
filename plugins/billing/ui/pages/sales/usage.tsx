/** Who uses a meter, this month or now. */
import { Select } from '@mantine/core';
import { $api, Count, DataTable, EmptyState, Loaded, Time, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../parts/names.ts';
import { SalesPage } from '../../parts/sales-page.tsx';
import { useTenantColumn } from '../../parts/tenant-cell.tsx';

export default function Usage() {
  const { t } = useTranslation('billing');
  const names = useNames();
  const tenant = useTenantColumn();
  const [address, setAddress] = useUrlState();
  const own = $api.useQuery('get', '/api/v2/usage/current');
  return (
    <SalesPage part="usage">
      <Loaded of={own}>
        {({ meters }) => {
          const meter = meters.find(({ name }) => name === address.meter) ?? meters[0];
          if (!meter) return <EmptyState title={t('usage.nothing')} />;
          return (
            <>
              <Select
                label={t('days.meter')}
                data={meters.map(({ name, summary }) => ({ value: name, label: names.meter(name, summary) }))}
                value={meter.name}
                onChange={(name) => setAddress({ meter: name, sort: null })}
                allowDeselect={false}
                maw={420}
              />
              <DataTable
                key={meter.name}
                list="/api/platform/billing/meters/{meter}/usage"
                at={{ meter: meter.name }}
                label={t('days.of', { what: names.meter(meter.name, meter.summary) })}
                rowKey={({ tenant_id }) => tenant_id}
                defaultSort="-used"
                columns={[
                  tenant,
                  {
                    id: 'used',
                    title: t('usage.used'),
                    sort: 'used',
                    align: 'end',
                    onPhone: true,
                    cell: ({ used }) => <Count value={used} />,
                  },
                  {
                    id: 'last',
                    title: t('usage.last'),
                    cell: ({ updated_at }) => <Time at={updated_at} style="ago" />,
                  },
                ]}
                empty={<EmptyState title={t('usage.nobody')} text={t('usage.nobodyText')} />}
              />
            </>
          );
        }}
      </Loaded>
    </SalesPage>
  );
}
