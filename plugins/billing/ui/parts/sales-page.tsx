/** The pages of selling lie beside each other: one heading, and the ways between them. */
import { Button, Group } from '@mantine/core';
import { Link, Page } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const PARTS = ['subscriptions', 'checkouts', 'invoices', 'plans', 'coupons', 'tenants', 'usage'] as const;
export type SalesPart = (typeof PARTS)[number];

export function pathOf(part: SalesPart): string {
  return part === 'subscriptions' ? '/sales' : `/sales/${part}`;
}

export function SalesPage({ part, actions, children }: { part: SalesPart; actions?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('billing');
  return (
    <Page title={t(`sales.${part}`)} intro={t(`sales.intro.${part}`)} actions={actions}>
      <Group component="nav" gap={4} aria-label={t('sales.title')}>
        {PARTS.map((one) => (
          <Button
            key={one}
            component={Link}
            to={pathOf(one)}
            size="compact-md"
            fw={500}
            variant={one === part ? 'light' : 'subtle'}
            color={one === part ? undefined : 'gray'}
            aria-current={one === part ? 'page' : undefined}
          >
            {t(`sales.${one}`)}
          </Button>
        ))}
      </Group>
      {children}
    </Page>
  );
}
