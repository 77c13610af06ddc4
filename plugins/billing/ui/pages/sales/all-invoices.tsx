/** Invoices of all tenants. */
import { $api, DataTable, EmptyState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useInvoiceColumns, useInvoiceFilters } from '../../parts/invoice-columns.tsx';
import { SalesPage } from '../../parts/sales-page.tsx';
import { useTenantColumn } from '../../parts/tenant-cell.tsx';

export default function AllInvoices() {
  const { t } = useTranslation('billing');
  const tenant = useTenantColumn();
  const columns = useInvoiceColumns();
  const filters = useInvoiceFilters();
  const confirm = $api.useMutation('post', '/api/platform/billing/invoices/{number}/confirm');
  const [number, ...rest] = columns;
  return (
    <SalesPage part="invoices">
      <DataTable
        list="/api/platform/billing/all-invoices"
        label={t('sales.invoices')}
        rowKey={({ number }) => number}
        to={({ number }) => `/settings/plan/invoices/${number}`}
        defaultSort="-created_at"
        live={['invoice.*']}
        filters={[...filters, { name: 'tenant_id', title: t('sales.tenantId'), kind: 'text' }]}
        columns={[
          ...(number ? [number] : []),
          tenant,
          ...rest,
          { id: 'provider', title: t('sales.provider'), isExtra: true, cell: ({ provider }) => provider },
        ]}
        bulk={[
          {
            id: 'confirm',
            title: t('sales.confirm'),
            question: (count) => t('sales.confirmMany', { count }),
            run: ({ number: path }) => confirm.mutateAsync({ params: { path: { number: path } } }),
          },
        ]}
        empty={<EmptyState title={t('sales.noInvoices')} text={t('sales.noInvoicesText')} />}
      />
    </SalesPage>
  );
}
