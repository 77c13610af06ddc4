/** Settings that each tenant changes for itself; plugins register theirs. Turning AI on or off is a consent (GDPR art. 7). */
import Type, { type TSchema } from 'typebox';
import { type Check, compileCheck } from '#core/kit.ts';
import { coreErrors, type Precondition, type Services } from '#core/plugin.ts';
import type { Account } from '../access.ts';
import type { AccountData } from '../account-data.ts';
import type { People } from '../accounts/people.ts';
import type { TenantRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin } from '../contract.ts';
import { consentDataOf } from './erasure.ts';
import { editableSettings } from './version-fields.ts';

export type Settings = Record<string, unknown>;

/** The three of the document. Numbers are E.164. */
export const TENANT_SETTINGS: Record<string, TSchema> = {
  allowed_numbers: Type.Array(Type.String({ pattern: '^\\+[1-9]\\d{6,14}$' }), { default: [], maxItems: 1000 }),
  require_approval: Type.Boolean({ default: false }),
  ai_consent_enabled: Type.Boolean({ default: false }),
};

export interface TenantSettings {
  read(tenantId: string): Promise<Settings>;
  /** With the row that they stand in, whose version they have. */
  shown(tenantId: string): Promise<{ settings: Settings; row: TenantRow }>;
  /** Changes what is given. Throws `validation_error` for an unknown setting or a wrong value. */
  change(principal: Account, patch: Settings, origin: Origin, expects?: Precondition): Promise<Settings>;
}

export function createTenantSettings({
  db,
  clock,
  people,
  catalogue,
  auditLog,
  accountData,
}: Services & { people: People; auditLog: AuditLog; accountData: AccountData }): TenantSettings {
  accountData.add(consentDataOf(db));
  const checks = new Map<string, Check>(
    Object.entries(catalogue.tenantSettings).map(([name, schema]) => [name, compileCheck(schema, name)]),
  );
  const defaults: Settings = Object.fromEntries(
    Object.entries(catalogue.tenantSettings).map(([name, schema]) => [
      name,
      'default' in schema ? schema.default : null,
    ]),
  );

  return { read, shown, change };

  async function read(tenantId: string): Promise<Settings> {
    return (await shown(tenantId)).settings;
  }

  async function shown(tenantId: string): Promise<{ settings: Settings; row: TenantRow }> {
    const row = await people.tenantByUuid(tenantId);
    if (!row) throw coreErrors.not_found({ message: 'There is no such tenant' });
    const stored: Settings = JSON.parse(row.settings);
    const settings = Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, stored[name] ?? value]));
    return { settings, row };
  }

  async function change(
    principal: Account,
    patch: Settings,
    origin: Origin,
    expects?: Precondition,
  ): Promise<Settings> {
    for (const [name, value] of Object.entries(patch)) refuseWrong(name, value);
    await db.transaction(async (trx) => {
      const tenant = await trx('auth_tenants').where({ uuid: principal.tenantId }).forUpdate().first();
      if (!tenant) throw coreErrors.not_found({ message: 'There is no such tenant' });
      expects?.(editableSettings(tenant));
      const before: Settings = { ...defaults, ...JSON.parse(tenant.settings) };
      await people.updateTenant(trx, tenant.id, {
        settings: JSON.stringify({ ...JSON.parse(tenant.settings), ...patch }),
      });
      const consent = patch.ai_consent_enabled;
      if (typeof consent === 'boolean' && consent !== before.ai_consent_enabled) {
        await trx('auth_consents').insert({
          tenant_id: tenant.id,
          user_id: principal.userId,
          type: 'ai_processing',
          version: '1.0',
          granted: consent ? 1 : 0,
          ip: origin.ip,
          user_agent: origin.userAgent.slice(0, 300),
          created_at: clock.now(),
        });
      }
      const detail = { changed: Object.keys(patch) };
      await auditLog.record(
        {
          action: 'tenant.settings_changed',
          actor: principal,
          targetType: 'tenant',
          targetId: tenant.uuid,
          detail,
          ...origin,
        },
        trx,
      );
    });
    return read(principal.tenantId);
  }

  function refuseWrong(name: string, value: unknown): void {
    const check = checks.get(name);
    if (!check) {
      const issues = [
        { path: ['body', name], message: 'is not a setting that is known here', keyword: 'additionalProperties' },
      ];
      throw coreErrors.validation_error({ issues });
    }
    const issues = check(value);
    if (issues) {
      throw coreErrors.validation_error({
        message: 'A setting has a wrong value',
        issues: issues.map((issue) => ({ ...issue, path: ['body', ...issue.path] })),
      });
    }
  }
}
