/** What is done with knowledge by the clock. */
import { inSteps, isAppError } from '#core/kit.ts';
import { defineCron } from '#core/plugin.ts';
import { readAnew } from './documents.ts';
import { READ_DOCUMENT, SYNC_SOURCE } from './job-names.ts';
import { LEAST_BETWEEN_MS, nextRead } from './schedule.ts';
import type { KnowledgeScope } from './services.ts';
import { syncAnew } from './sources/sources.ts';

const MOST_PAGES = 500;

export const knowledgeCron = [
  defineCron({
    name: 'ai-replies.refreshPages',
    summary: 'Reads pages of the web again, as their schedules say',
    schedule: '*/5 * * * *',
    async run(_run, scope: KnowledgeScope) {
      const { db, clock, jobs, suspensions } = scope;
      await putRight(scope);
      const now = clock.now();
      const due = await db
        .read('ai_replies_documents')
        .where('next_read_at', '<=', now)
        .orderBy('next_read_at')
        .limit(MOST_PAGES)
        .select('id', 'tenant_id');
      for (const { id, tenant_id } of due) {
        const isSuspended = await suspensions.of(tenant_id);
        await db.transaction(async (trx) => {
          const page = await trx('ai_replies_documents')
            .where({ id })
            .where('next_read_at', '<=', now)
            .forUpdate()
            .first();
          if (!page?.schedule) return;
          const next_read_at = nextRead(page.schedule, now);
          // Of a suspended tenant nothing is read: its next time is one when it may be active again.
          // While one reading waits, another one would only push it aside.
          if (isSuspended || page.state === 'waiting') {
            await trx('ai_replies_documents').where({ id }).update({ next_read_at });
            return;
          }
          const anew = readAnew(page);
          await trx('ai_replies_documents')
            .where({ id })
            .update({ ...anew, next_read_at });
          const options = { lane: page.tenant_id };
          await jobs.enqueue(trx, READ_DOCUMENT, { document: id, wanted: anew.wanted }, options);
        });
      }
    },
  }),
  defineCron({
    name: 'ai-replies.syncSources',
    summary: 'Reads sources of knowledge again, as their schedules say, and those whose job is gone',
    schedule: '*/5 * * * *',
    async run(_run, { db, clock, jobs, suspensions }: KnowledgeScope) {
      const now = clock.now();
      const job = db
        .read('core_jobs as job')
        .where('job.name', SYNC_SOURCE)
        .whereIn('job.state', ['ready', 'running'])
        .select('job.payload');
      const due = await db
        .read('ai_replies_sources')
        .where((either) =>
          either
            .where('next_sync_at', '<=', now)
            // A clock that was ahead has noted a time that is too far away.
            .orWhere('updated_at', '>', now + LEAST_BETWEEN_MS)
            .orWhere((lost) =>
              lost
                .where({ state: 'waiting' })
                .whereRaw(`'{"source":' || id || ',"wanted":' || wanted || '}' not in ?`, [job]),
            ),
        )
        .limit(MOST_PAGES)
        .select('id', 'tenant_id');
      for (const { id, tenant_id } of due) {
        const isSuspended = await suspensions.of(tenant_id);
        await db.transaction(async (trx) => {
          const source = await trx('ai_replies_sources').where({ id }).forUpdate().first();
          if (!source) return;
          const next_sync_at = source.schedule === null ? null : nextRead(source.schedule, now);
          const anew = isSuspended ? {} : syncAnew(source);
          await trx('ai_replies_sources')
            .where({ id })
            .update({ ...anew, next_sync_at, updated_at: now });
          if (isSuspended) return;
          await jobs.enqueue(trx, SYNC_SOURCE, { source: id, wanted: source.wanted + 1 }, { lane: tenant_id });
        });
      }
    },
  }),
  defineCron({
    name: 'ai-replies.readLost',
    summary: 'Reads documents whose job is gone, or has failed for good',
    schedule: '41 * * * *',
    async run(_run, { db, jobs }: KnowledgeScope) {
      const job = db
        .read('core_jobs as job')
        .where('job.name', READ_DOCUMENT)
        .whereIn('job.state', ['ready', 'running'])
        .select('job.payload');
      const lost = await db
        .read('ai_replies_documents')
        .where({ state: 'waiting', is_gone: 0 })
        .whereRaw(`'{"document":' || id || ',"wanted":' || wanted || '}' not in ?`, [job])
        .limit(MOST_PAGES)
        .select('id', 'wanted', 'tenant_id');
      for (const { id: document, wanted, tenant_id: lane } of lost)
        await db.transaction((trx) => jobs.enqueue(trx, READ_DOCUMENT, { document, wanted }, { lane }));
    },
  }),
  defineCron({
    name: 'ai-replies.embedMissing',
    summary: 'Gives passages their vectors that have none of the model that is set up',
    schedule: '23 * * * *',
    async run(_run, { embedding }: KnowledgeScope) {
      await embedding.enqueueMissing();
    },
  }),
];

/** Times at which a page would be read later than its schedule says: a clock that was ahead has noted them. */
async function putRight({ db, clock }: KnowledgeScope): Promise<void> {
  const now = clock.now();
  await inSteps(async (limit) => {
    let wrong = 0;
    const last = await db
      .write('ai_replies_documents')
      .where('next_read_at', '>', now + LEAST_BETWEEN_MS)
      .orderBy('next_read_at', 'desc')
      .limit(limit)
      .select('id', 'schedule', 'next_read_at');
    for (const { id, schedule, next_read_at } of last) {
      const next = nextOf(schedule, now);
      if (next !== null && next >= Number(next_read_at)) continue;
      await db.write('ai_replies_documents').where({ id, next_read_at }).update({ next_read_at: next });
      wrong++;
    }
    return wrong;
  });
}

/** Null without a schedule, or with one that means nothing any more. */
function nextOf(schedule: string | null, now: number): number | null {
  try {
    return schedule === null ? null : nextRead(schedule, now);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return null;
  }
}
