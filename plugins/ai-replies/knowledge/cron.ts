/** What is done with knowledge by the clock. */
import { defineCron } from '#core/plugin.ts';
import type { AiScope } from '../scope.ts';
import { readAnew } from './documents.ts';
import { READ_DOCUMENT } from './job-names.ts';
import { nextRead } from './schedule.ts';

const MOST_PAGES = 500;

export const knowledgeCron = [
  defineCron({
    name: 'ai-replies.refreshPages',
    summary: 'Reads pages of the web again, as their schedules say',
    schedule: '*/5 * * * *',
    async run(_run, { db, clock, jobs, suspensions }: AiScope) {
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
    name: 'ai-replies.embedMissing',
    summary: 'Gives passages their vectors that have none of the model that is set up',
    schedule: '23 * * * *',
    async run(_run, { embedding }: AiScope) {
      await embedding.enqueueMissing();
    },
  }),
];
