/** How many executions may be open: of one tenant, and of all that come from one. Workflows that multiply end here. */
import type { Services } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { workflowErrors } from '../errors.ts';

export interface Admission {
  /**
   * One more of the tenant, and of the family of that execution. Throws `too_many_executions`, or rejects with it; null when the
   * database need not be asked.
   */
  admit(tenantId: string, rootId: string | null): Promise<void> | null;
}

interface Count {
  /** By the last look at the database. */
  total: number;
  /** Admitted here since then: they may have ended. */
  since: number;
  at: number;
  looking: Promise<void> | null;
}

interface Bound {
  key: string;
  limit: number;
  look(): Promise<number>;
  refusal(): string;
}

/** The database is asked again after this part of the limit was admitted, and after this time. */
const PART = 0.05;
const LONGEST_TRUST_MS = 5_000;
/** What was full a moment ago is full: being refused costs nothing. */
const FULL_MS = 200;
const MOST_KNOWN = 10_000;

export function createAdmission({ db, config }: Pick<Services, 'db'> & { config: WorkflowsConfig }): Admission {
  const { maxOpenPerTenant, maxFamily } = config;
  const counts = new Map<string, Count>();
  return { admit };

  function admit(tenantId: string, rootId: string | null): Promise<void> | null {
    const ofTenant = within({
      key: `tenant ${tenantId}`,
      limit: maxOpenPerTenant,
      look: () => openOf(tenantId),
      refusal: () =>
        `${maxOpenPerTenant} executions of the tenant are pending or run already; no more are started until some have ended`,
    });
    if (rootId === null) return ofTenant;
    const ofFamily = () =>
      within({
        key: `family ${rootId}`,
        limit: maxFamily,
        look: () => familyOf(rootId),
        refusal: () =>
          `${maxFamily} executions that come from ${rootId} are open already; it starts no more until some have ended`,
      });
    return ofTenant ? ofTenant.then(ofFamily).then(() => {}) : ofFamily();
  }

  function within(bound: Bound): Promise<void> | null {
    const count = countOf(bound.key, bound.limit);
    const age = performance.now() - count.at;
    const isOld = age > LONGEST_TRUST_MS || count.since >= bound.limit * PART;
    if (isOld || (isFull(count, bound) && age > FULL_MS)) return withinRecounted(count, bound);
    add(count, bound);
    return null;
  }

  async function withinRecounted(count: Count, bound: Bound): Promise<void> {
    count.looking ??= recount(count, bound.look).finally(() => {
      count.looking = null;
    });
    await count.looking;
    add(count, bound);
  }

  function add(count: Count, bound: Bound): void {
    if (isFull(count, bound)) throw workflowErrors.too_many_executions({ message: bound.refusal() });
    count.since++;
  }

  function countOf(key: string, limit: number): Count {
    const known = counts.get(key);
    if (known) return known;
    if (counts.size >= MOST_KNOWN) counts.clear();
    const unknown = { total: limit, since: 0, at: Number.NEGATIVE_INFINITY, looking: null };
    counts.set(key, unknown);
    return unknown;
  }

  async function recount(count: Count, look: () => Promise<number>): Promise<void> {
    const before = count.since;
    const at = performance.now();
    count.total = await look();
    count.since -= before;
    count.at = at;
  }

  /** By the indexes that hold these alone, whose conditions have to be said to the letter. */
  function openOf(tenantId: string): Promise<number> {
    return counted("tenant_id = ? and status in ('pending', 'running')", tenantId, maxOpenPerTenant);
  }

  function familyOf(rootId: string): Promise<number> {
    return counted('root_id = ? and root_id is not null and ended_at is null', rootId, maxFamily);
  }

  async function counted(condition: string, value: string, limit: number): Promise<number> {
    const sql = `select count(*) as total from (select 1 from workflows_executions where ${condition} limit ?) as open_ones`;
    const found = await db.write.raw(sql, [value, limit]);
    const [row] = db.client === 'pg' ? found.rows : found;
    return Number(row.total);
  }
}

function isFull({ total, since }: Count, { limit }: Bound): boolean {
  return total + since >= limit;
}
