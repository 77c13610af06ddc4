/** Sources: a site, a repository or a folder, with which documents of a base are kept in step. Table: ai_replies_sources. */
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../../errors.ts';
import { ERASE_KNOWLEDGE, SYNC_SOURCE } from '../job-names.ts';
import { nextRead } from '../schedule.ts';
import type { BaseRow, SourceKind, SourceRow } from '../tables.ts';
import { isInTheClear } from './secrets-in-the-clear.ts';

export interface NewSource {
  kind: SourceKind;
  url: string;
  within: string;
  branch: string;
  user_name: string;
  password: string;
  schedule: string | null;
  userId: number | null;
}

export interface SourceWish {
  schedule?: string | null;
  user_name?: string;
  password?: string;
}

export interface Sources {
  /** Throws `bad_address`, `bad_schedule`, `password_in_the_clear`, `too_many_sources`. It is read at once. */
  add(base: BaseRow, source: NewSource): Promise<SourceRow>;
  change(tenantId: string, uuid: string, wish: SourceWish, unchanged: Precondition): Promise<SourceRow>;
  sync(tenantId: string, uuid: string): Promise<SourceRow>;
  /** With the documents that it has brought, unless they are to stay as they are. */
  remove(tenantId: string, uuid: string, keepsDocuments: boolean): Promise<void>;
  /** Throws `source_not_found`. */
  find(tenantId: string, uuid: string): Promise<SourceRow>;
  /** `Authorization`; null without. Throws `password_in_the_clear`. */
  authorizationOf(source: SourceRow): string | null;
}

const PURPOSE = 'ai-replies.source';
const MOST_SOURCES = 50;

export function createSources({ db, clock, jobs, outbound, secrets }: Services): Sources {
  return {
    async add(base, { userId, password, ...source }) {
      await checkAddress(source.url);
      refuseClear(source.url, source.user_name, password);
      const next_sync_at = source.schedule === null ? null : nextRead(source.schedule, clock.now());
      const uuid = crypto.randomUUID();
      const now = clock.now();
      return db.transaction(async (trx) => {
        const alive = await trx('ai_replies_bases').where({ id: base.id, is_gone: 0 }).forUpdate().first('id');
        if (!alive) throw aiErrors.base_not_found();
        const known = await trx('ai_replies_sources')
          .where({ tenant_id: base.tenant_id })
          .count({ total: '*' })
          .first();
        if (Number(known?.total ?? 0) >= MOST_SOURCES) throw aiErrors.too_many_sources();
        const [row] = await trx('ai_replies_sources')
          .insert({
            ...source,
            uuid,
            tenant_id: base.tenant_id,
            base: base.id,
            password: sealed(password, uuid),
            next_sync_at,
            state: 'waiting',
            user_id: userId,
            created_at: now,
            updated_at: now,
          })
          .returning('*');
        if (!row) throw new Error('A source was not stored');
        await enqueue(trx, row);
        return row;
      });
    },
    change: (tenantId, uuid, { schedule, user_name, password }, unchanged) =>
      db.transaction(async (trx) => {
        const before = await locked(trx, tenantId, uuid);
        unchanged(before);
        refuseClear(before.url, user_name, password);
        return update(trx, before, {
          ...(schedule !== undefined && {
            schedule,
            next_sync_at: schedule === null ? null : nextRead(schedule, clock.now()),
          }),
          ...(user_name !== undefined && { user_name }),
          ...(password !== undefined && { password: sealed(password, uuid) }),
        });
      }),
    sync: (tenantId, uuid) =>
      db.transaction(async (trx) => {
        const before = await locked(trx, tenantId, uuid);
        // All of it, also when it is recognised as the same.
        const row = await update(trx, before, { ...syncAnew(before), version: '' });
        await enqueue(trx, row);
        return row;
      }),
    remove: (tenantId, uuid, keepsDocuments) =>
      db.transaction(async (trx) => {
        const { id } = await locked(trx, tenantId, uuid);
        await trx('ai_replies_sources').where({ id }).delete();
        const documents = await trx('ai_replies_documents').where({ source: id, is_gone: 0 }).select('id');
        const patch = keepsDocuments ? { source: null } : { source: null, is_gone: 1, next_read_at: null };
        await trx('ai_replies_documents').where({ source: id }).update(patch);
        if (keepsDocuments) return;
        await jobs.enqueueAll(
          trx,
          documents.map(({ id: document }) => ({ name: ERASE_KNOWLEDGE, payload: { document }, lane: tenantId })),
        );
      }),
    async find(tenantId, uuid) {
      const row = await db.read('ai_replies_sources').where({ uuid, tenant_id: tenantId }).first();
      if (!row) throw aiErrors.source_not_found();
      return row;
    },
    authorizationOf({ url, user_name, password, uuid }) {
      if (password === null && user_name === '') return null;
      if (isInTheClear(url)) throw aiErrors.password_in_the_clear();
      const secret = password === null ? '' : secrets.open(PURPOSE, password, uuid).toString('utf8');
      return `Basic ${Buffer.from(`${user_name}:${secret}`, 'utf8').toString('base64')}`;
    },
  };

  function sealed(password: string, uuid: string): string | null {
    return password === '' ? null : secrets.seal(PURPOSE, password, uuid);
  }

  function refuseClear(url: string, ...secrets: (string | undefined)[]): void {
    if (secrets.some(Boolean) && isInTheClear(url)) throw aiErrors.password_in_the_clear();
  }

  async function checkAddress(url: string): Promise<void> {
    try {
      await outbound.check(url);
    } catch (error) {
      throw aiErrors.bad_address({ cause: error });
    }
  }

  async function update(trx: Transaction, before: SourceRow, patch: Partial<SourceRow>): Promise<SourceRow> {
    const stamped = { ...patch, updated_at: clock.now() };
    await trx('ai_replies_sources').where({ id: before.id }).update(stamped);
    return { ...before, ...stamped };
  }

  async function enqueue(trx: Transaction, { id, wanted, tenant_id }: SourceRow): Promise<void> {
    await jobs.enqueue(trx, SYNC_SOURCE, { source: id, wanted }, { lane: tenant_id });
  }
}

/** The wish for another reading; the one under way is given up. */
export function syncAnew({ wanted }: Pick<SourceRow, 'wanted'>) {
  return { wanted: wanted + 1, state: 'waiting' as const, reason: '' };
}

async function locked(trx: Transaction, tenantId: string, uuid: string): Promise<SourceRow> {
  const row = await trx('ai_replies_sources').where({ uuid, tenant_id: tenantId }).forUpdate().first();
  if (!row) throw aiErrors.source_not_found();
  return row;
}
