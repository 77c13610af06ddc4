/** What of people and tenants is found by any part of it; the migration that makes these indexes has a copy. */
import type { SubstringIndex } from '#core/database/substrings.ts';

export const USERS_SEARCHED: SubstringIndex = { table: 'auth_users', columns: ['email', 'username', 'full_name'] };
export const TENANTS_SEARCHED: SubstringIndex = { table: 'auth_tenants', columns: ['name'] };
