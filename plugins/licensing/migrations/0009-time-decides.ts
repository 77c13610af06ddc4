/** Whether a licence is over follows from its time: what was imported as over, with a time that is yet to come, ends now. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(
    `update licensing_licences set valid_until = updated_at
     where status = 'expired' and valid_until > updated_at and not exists (
       select 1 from licensing_history h where h.licence_id = licensing_licences.id and h.what = 'expired')`,
  );
}

/** Nothing was added, and what they had been imported with is nobody's to know. */
export async function down(): Promise<void> {}
