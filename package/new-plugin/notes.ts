/** Keeps notes, each tenant its own. Table: sample_notes. */
import {
  coreErrors,
  defineErrors,
  once,
  type Precondition,
  type Services,
  type Transaction,
  versionOf,
} from 'patchbay-platform/plugin';
import type { SampleConfig } from './config.ts';
import type { NewNote, Note, Notes, Writer } from './contract.ts';

export interface NoteRow {
  id: number;
  tenant_id: string;
  user_id: number | null;
  text: string;
  remind_at: number | null;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      sample_notes: NoteRow;
    }
  }
}

/** With what only this plugin does. */
export interface NoteKeeper extends Notes {
  /** Throws `not_found`, `too_long`, and what `unchanged` does. */
  change(tenantId: string, id: number, note: Partial<NewNote>, unchanged: Precondition): Promise<NoteRow>;
  /** Throws `not_found`. */
  remove(tenantId: string, id: number): Promise<void>;
  /** Deletes those of a person, or of the whole tenant. */
  erase(tenantId: string, userId?: number): Promise<void>;
}

/** What is counted against the plan of the tenant. */
export const METER = 'sample_notes';
const errors = defineErrors({ too_long: [422, 'The note is too long; shorten it'] });

export function createNotes(services: Services & { config: SampleConfig }): NoteKeeper {
  const { db, clock, events, hooks, usage, config } = services;

  return { add, change, remove, erase };

  async function add({ tenantId, userId }: Writer, note: NewNote, key?: string): Promise<Note> {
    const context = { text: note.text };
    await hooks.run('sample.adding', context, async () => {});
    const text = checked(context.text);
    const now = clock.now();
    return db.transaction((trx) =>
      once(trx, { scope: `sample.add/${tenantId}`, key, request: note, now }, async () => {
        await usage.consume(trx, { tenantId, meter: METER });
        const remind_at = timeOf(note.remindAt);
        const columns = { tenant_id: tenantId, user_id: userId, text, remind_at, created_at: now };
        const [row] = await trx('sample_notes').insert(columns).returning('*');
        if (!row) throw new Error('The note was not stored');
        await events.emit(trx, 'sample.added', { id: row.id }, { tenantId, subject: String(row.id) });
        return noteView(row);
      }),
    );
  }

  function change(tenantId: string, id: number, note: Partial<NewNote>, unchanged: Precondition): Promise<NoteRow> {
    return db.transaction(async (trx) => {
      const before = await locked(trx, tenantId, id);
      unchanged(before);
      const text = checked(note.text ?? before.text);
      const remind_at = note.remindAt === undefined ? before.remind_at : timeOf(note.remindAt);
      await trx('sample_notes').where({ id }).update({ text, remind_at });
      return { ...before, text, remind_at };
    });
  }

  function remove(tenantId: string, id: number): Promise<void> {
    return db.transaction(async (trx) => {
      await locked(trx, tenantId, id);
      await trx('sample_notes').where({ id }).delete();
      await usage.giveBack(trx, { tenantId, meter: METER });
    });
  }

  function erase(tenantId: string, userId?: number): Promise<void> {
    return db.transaction(async (trx) => {
      const theirs = trx('sample_notes').where({ tenant_id: tenantId });
      if (userId !== undefined) theirs.where({ user_id: userId });
      const amount = await theirs.delete();
      if (amount > 0) await usage.giveBack(trx, { tenantId, meter: METER, amount });
    });
  }

  function checked(text: string): string {
    if (text.length > config.maxLength) throw errors.too_long({ extra: { max_length: config.maxLength } });
    return text;
  }
}

/** The row, held until the transaction ends: two who change it come one after the other. */
async function locked(trx: Transaction, tenant_id: string, id: number): Promise<NoteRow> {
  const row = await trx('sample_notes').where({ id, tenant_id }).forUpdate().first();
  if (!row) throw coreErrors.not_found({ message: 'There is no such note' });
  return row;
}

export function noteView(row: NoteRow): Note {
  const { id, text, remind_at, created_at } = row;
  return {
    id,
    text,
    remind_at: remind_at === null ? null : new Date(remind_at).toISOString(),
    created_at: new Date(created_at).toISOString(),
    version: versionOf(row),
  };
}

function timeOf(iso: string | undefined): number | null {
  return iso === undefined ? null : Date.parse(iso);
}
