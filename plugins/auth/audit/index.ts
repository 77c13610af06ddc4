/** The audit log: every administrative and security-relevant act, in chains of keyed hashes. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import { SETTINGS_MANAGERS } from '../access.ts';
import { auditAccept } from './command.ts';
import { auditRoutes } from './routes.ts';
import { recordSettings } from './server-settings.ts';
import { type AuditScope, auditPublicServices, auditServices } from './services.ts';
import { auditTables } from './tables.ts';

export const audit = definePart<AuditScope>({
  name: 'audit',
  summary: 'Audit log: who did what, in chains of keyed hashes',
  tables: auditTables,
  services: auditServices,
  publicServices: auditPublicServices,
  routes: auditRoutes,
  events: { 'audit.recorded': Type.Object({ action: Type.String() }) },
  eventAccess: { 'audit.recorded': SETTINGS_MANAGERS },
  hooks: { 'settings.saving': recordSettings },
  commands: [auditAccept],
  start: ({ auditChains }) => auditChains.start(),
  stop: ({ auditChains }) => auditChains.stop(),
});
