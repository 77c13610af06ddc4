/** How the services of the audit log are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AuthGround } from '../services.ts';
import { createAuditChains } from './audit-chains.ts';
import { createAuditLog } from './audit-log.ts';

export const auditServices = {
  auditChains: createAuditChains,
};

/** Those that the contract names. */
export const auditPublicServices = {
  auditLog: createAuditLog,
};

export interface AuditOwn extends ServicesOf<typeof auditServices>, ServicesOf<typeof auditPublicServices> {}

/** What this part sees. */
export interface AuditScope extends AuthGround, AuditOwn {}
