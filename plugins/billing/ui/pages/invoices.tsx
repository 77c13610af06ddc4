/** The tenant's invoices. */
import { DataTable, EmptyState, Page } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useInvoiceColumns, useInvoiceFilters } from '../parts/invoice-columns.tsx';

export default function Invoices() {
  const { t } = useTranslation('billing');
  return (
    <Page title={t('invoices.title')}>
      <DataTable
        list="/api/platform/billing/invoices"
        label={t('invoices.title')}
        rowKey={({ number }) => number}
        to={({ number }) => `/settings/plan/invoices/${number}`}
        defaultSort="-created_at"
        live={['invoice.*']}
        filters={useInvoiceFilters()}
        columns={useInvoiceColumns()}
        empty={<EmptyState title={t('invoices.empty')} text={t('invoices.emptyText')} />}
      />
    </Page>
  );
}
