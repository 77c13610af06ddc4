/** Secrets of workflows: encrypted, of a tenant each, given to executions that name them. Table: workflows_secrets. */
import { coreErrors, type Precondition, type Services } from '#core/plugin.ts';
import { workflowErrors } from '../errors.ts';
import type { SecretRow } from './tables.ts';

export interface WorkflowSecrets {
  /** Values of those that are there. */
  values(tenantId: string, names: readonly string[]): Promise<Record<string, unknown>>;
  /** Throws `bad_request` for what is too large, and what `unchanged` does; it is asked of an empty row where there is no such secret yet. */
  set(tenantId: string, name: string, value: unknown, unchanged: Precondition): Promise<SecretRow>;
  /** Throws `secret_not_found`, and what `unchanged` does. */
  remove(tenantId: string, name: string, unchanged: Precondition): Promise<void>;
}

const PURPOSE = 'workflows.secret';
/** Each text and number is looked for, in twenty spellings, in all that an execution writes down. */
const MOST_VALUES = 50;
const LONGEST = 100_000;
/** All that a start brings along. */
const MOST_OF_START = 500;

export function createWorkflowSecrets({ db, clock, secrets }: Services): WorkflowSecrets {
  return {
    set(tenantId, name, value, unchanged) {
      const key = { tenant_id: tenantId, name };
      const text = JSON.stringify(value);
      refuseLarge(value);
      const sealed = secrets.seal(PURPOSE, text, `${tenantId}/${name}`);
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

/** Secrets that one start brings along. Throws `bad_request`. */
export function refuseLargeSecrets(values: Readonly<Record<string, unknown>>): void {
  refuseLarge(values, MOST_OF_START);
}

function refuseLarge(value: unknown, most = MOST_VALUES): void {
  if (JSON.stringify(value ?? null).length > LONGEST)
    throw coreErrors.bad_request({ message: `Secrets have at most ${LONGEST} characters, written as JSON` });
  if (valuesIn(value) > most)
    throw coreErrors.bad_request({ message: `There are at most ${most} texts and numbers in secrets` });
}

/** Texts and numbers. */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' || value === null ? 0 : 1;
  return Object.values(value).reduce((sum: number, one) => sum + valuesIn(one), 0);
}
