/** What people change of a tenant, and so what its version is about. */
import type { TenantRow } from '../accounts/tables.ts';

export function editableTenant({ name, status }: TenantRow) {
  return { name, status };
}

export function editableSettings({ settings }: TenantRow) {
  return { settings };
}
