/** Secrets of workflows: encrypted, of a tenant each, given to executions that name them. Table: workflows_secrets. */
import type { Services } from '#core/plugin.ts';
import type { SecretValues } from '../engine/needs.ts';
import { workflowErrors } from '../errors.ts';

export interface WorkflowSecrets extends SecretValues {
  /** Names and times; never values. */
  list(tenantId: string): Promise<{ name: string; updated_at: number }[]>;
  set(tenantId: string, name: string, value: unknown): Promise<void>;
  /** Throws `secret_not_found`. */
  remove(tenantId: string, name: string): Promise<void>;
}

const PURPOSE = 'workflows.secret';

export function createWorkflowSecrets({ db, clock, secrets }: Services): WorkflowSecrets {
  return {
    list: (tenantId) =>
      db.read('workflows_secrets').where({ tenant_id: tenantId }).orderBy('name').select('name', 'updated_at'),
    async set(tenantId, name, value) {
      const row = {
        tenant_id: tenantId,
        name,
        value: secrets.seal(PURPOSE, JSON.stringify(value), `${tenantId}/${name}`),
        updated_at: clock.now(),
      };
      await db.write('workflows_secrets').insert(row).onConflict(['tenant_id', 'name']).merge(['value', 'updated_at']);
    },
    async remove(tenantId, name) {
      const removed = await db.write('workflows_secrets').where({ tenant_id: tenantId, name }).delete();
      if (removed === 0) throw workflowErrors.secret_not_found();
    },
    async values(tenantId, names) {
      if (names.length === 0) return {};
      const rows = await db
        .read('workflows_secrets')
        .where({ tenant_id: tenantId })
        .whereIn('name', [...names]);
      return Object.fromEntries(
        rows.map(({ name, value }) => [
          name,
          JSON.parse(secrets.open(PURPOSE, value, `${tenantId}/${name}`).toString()),
        ]),
      );
    },
  };
}
