/** Reminds people of notes: a cron job finds those that are due, and a job for each sends the mail, however often it takes. */
import { defineCron, defineJob, Type } from 'patchbay-platform/plugin';
import type { SampleScope } from './scope.ts';

const MOST_AT_ONCE = 500;

export const remindDue = defineCron({
  name: 'sample.remindDue',
  summary: 'Finds notes that somebody wants to be reminded of',
  schedule: '* * * * *',
  async run(_run, { db, clock, jobs }: SampleScope) {
    await db.transaction(async (trx) => {
      const due = await trx('sample_notes')
        .where('remind_at', '<=', clock.now())
        .orderBy('remind_at')
        .limit(MOST_AT_ONCE)
        .forUpdate();
      // The job exists exactly when the note is no longer due: nobody is reminded twice, and nobody is forgotten.
      await trx('sample_notes')
        .whereIn(
          'id',
          due.map(({ id }) => id),
        )
        .update({ remind_at: null });
      for (const { id, tenant_id } of due) {
        await jobs.enqueue(trx, 'sample.remind', { id }, { lane: tenant_id });
      }
    });
  },
});

export const remind = defineJob({
  name: 'sample.remind',
  summary: 'Mails a note to who wrote it',
  payload: Type.Object({ id: Type.Integer() }),
  async run({ id }, job, { db, people, mailer }: SampleScope) {
    const note = await db.read('sample_notes').where({ id }).first();
    const writer = note?.user_id ? await people.userById(note.user_id) : null;
    // The note or the person may be gone by now.
    if (!note || !writer?.email) return;
    await mailer.send({
      to: writer.email,
      subject: 'Your note',
      text: note.text,
      idempotencyKey: `sample.remind/${job.id}`,
    });
  },
});
