/** A page of selling: its heading, and one sentence about it. */
import { Page } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export type SalesPart = 'subscriptions' | 'checkouts' | 'invoices' | 'plans' | 'coupons' | 'tenants' | 'usage';

export function SalesPage({ part, actions, children }: { part: SalesPart; actions?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('billing');
  return (
    <Page title={t(`sales.${part}`)} intro={t(`sales.intro.${part}`)} actions={actions}>
      {children}
    </Page>
  );
}
