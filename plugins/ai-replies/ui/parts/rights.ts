/** What the viewer may do beyond reading, so that no button is shown that would be refused. */
import { useMe } from 'patchbay-platform/ui';

/** Providers, keys, budgets and tools: those who administer the organisation. */
export function useMayAdminister(): boolean {
  const { is_superadmin, roles } = useMe();
  return is_superadmin || roles.includes('owner') || roles.includes('admin');
}
