/** What a process does beside answering for its health. By default everything; with replicas each may do a part. */
import { ConfigError } from '../errors.ts';

export const ROLES = ['http', 'smtp', 'jobs', 'workflows', 'parse'] as const;
export type ProcessRole = (typeof ROLES)[number];

interface Configured {
  roles: readonly ProcessRole[];
  database: { client: string };
}

/** Whether this process does that part of the work. */
export function processHasRole({ roles }: Pick<Configured, 'roles'>, role: ProcessRole): boolean {
  return roles.includes(role);
}

/** Those that this process leaves to others. */
export function rolesOfOthers({ roles }: Pick<Configured, 'roles'>): ProcessRole[] {
  return ROLES.filter((role) => !roles.includes(role));
}

/** Throws a ConfigError where nobody could have the roles that are left out. */
export function checkRoles({ roles, database }: Configured): void {
  const missing = rolesOfOthers({ roles });
  if (database.client === 'pg' || missing.length === 0) return;
  throw new ConfigError(
    `roles leaves out ${missing.join(', ')}, and on SQLite there is no other process that could do it. Leave roles out, or use PostgreSQL`,
  );
}
