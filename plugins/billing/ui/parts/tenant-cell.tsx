/** The tenant of a row, by its name, with the way to what it has. */
import { Anchor, Text } from '@mantine/core';
import { type Column, Link } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

interface OfTenant {
  tenant_id: string;
  tenant_name: string | null;
}

export function useTenantColumn<Row extends OfTenant>(): Column<Row> {
  const { t } = useTranslation('billing');
  return {
    id: 'tenant',
    title: t('sales.tenant'),
    width: 1.5,
    onPhone: true,
    cell: ({ tenant_id, tenant_name }) =>
      tenant_name === null ? (
        <Text component="span" size="sm" c="dimmed">
          {t('sales.erased')}
        </Text>
      ) : (
        <Anchor component={Link} to={`/sales/tenants/${tenant_id}`} size="sm">
          {tenant_name}
        </Anchor>
      ),
  };
}
