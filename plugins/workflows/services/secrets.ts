/** Secrets of workflows: encrypted, of a tenant each, given to executions that name them. Table: workflows_secrets. */
import type { Precondition, Services } from '#core/plugin.ts';
import type { SecretValues } from '../engine/needs.ts';
import { workflowErrors } from '../errors.ts';
import type { SecretRow } from '../tables.ts';

export interface WorkflowSecrets extends SecretValues {
  /** Throws what `unchanged` does; it is asked of an empty row where there is no such secret yet. */
  set(tenantId: string, name: string, value: unknown, unchanged: Precondition): Promise<SecretRow>;
  /** Throws `secret_not_found`, and what `unchanged` does. */
  remove(tenantId: string, name: string, unchanged: Precondition): Promise<void>;
}

const PURPOSE = 'workflows.secret';

export function createWorkflowSecrets({ db, clock, secrets }: Services): WorkflowSecrets {
  return {
    set(tenantId, name, value, unchanged) {
      const key = { tenant_id: tenantId, name };
      const sealed = secrets.seal(PURPOSE, JSON.stringify(value), `${tenantId}/${name}`);
      return db.transaction(async (trx) => {
        unchanged((await trx('workflows_secrets').where(key).forUpdate().first()) ?? {});
        const [row] = await trx('workflows_secrets')
          .insert({ ...key, value: sealed, updated_at: clock.now() })
          .onConflict(['tenant_id', 'name'])
          .merge(['value', 'updated_at'])
          .returning('*');
        if (!row) throw new Error('The secret was not stored');
        return row;
      });
    },
    async remove(tenantId, name, unchanged) {
      await db.transaction(async (trx) => {
        const row = await trx('workflows_secrets').where({ tenant_id: tenantId, name }).forUpdate().first();
        if (!row) throw workflowErrors.secret_not_found();
        unchanged(row);
        await trx('workflows_secrets').where({ id: row.id }).delete();
      });
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
