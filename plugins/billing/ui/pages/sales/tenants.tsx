/** The way to a tenant's plan and limits, and who has limits of their own. */
import { DataTable, EmptyState, Panel, Time, useFormats, useRouter } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { UNLIMITED, useNames } from '../../parts/names.ts';
import { SalesPage } from '../../parts/sales-page.tsx';
import { useTenantColumn } from '../../parts/tenant-cell.tsx';
import { TenantPicker } from '../../parts/tenant-picker.tsx';

export default function Tenants() {
  const { t } = useTranslation('billing');
  const { go } = useRouter();
  const { number } = useFormats();
  const names = useNames();
  const tenant = useTenantColumn();
  return (
    <SalesPage part="tenants">
      <TenantPicker label={t('tenants.pick')} picked={null} onPick={({ id }) => go(`/sales/tenants/${id}`)} />
      <Panel title={t('tenants.withLimits')}>
        <DataTable
          list="/api/platform/billing/overrides"
          label={t('tenants.withLimits')}
          rowKey={({ tenant_id }) => tenant_id}
          defaultSort="-updated_at"
          columns={[
            tenant,
            {
              id: 'limits',
              title: t('limit.title'),
              width: 3,
              onPhone: true,
              cell: ({ limits }) =>
                Object.entries(limits)
                  .map(
                    ([name, limit]) =>
                      `${names.limit(name)}: ${limit === UNLIMITED ? t('usage.unlimited') : number(limit)}`,
                  )
                  .join(' · '),
            },
            {
              id: 'changed',
              title: t('plans.changedAt'),
              sort: 'updated_at',
              cell: ({ updated_at }) => <Time at={updated_at} style="ago" />,
            },
          ]}
          empty={<EmptyState title={t('tenants.none')} text={t('tenants.noneText')} />}
        />
      </Panel>
    </SalesPage>
  );
}
