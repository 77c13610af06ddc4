/** MoltFlow: what its documents have and the platform does in another way: administration by numbered pages, one's own profile. */
import { definePart } from '#core/plugin.ts';
import type { OrganisationsScope } from '../organisations/services.ts';
import { adminRoutes } from './admin.ts';
import { userRoutes } from './users.ts';

export const moltflow = definePart<OrganisationsScope>({
  name: 'moltflow',
  summary: "Accounts and tenants in MoltFlow's dialect",
  needs: ['accounts', 'audit', 'organisations'],
  routes: [...userRoutes, ...adminRoutes],
});
