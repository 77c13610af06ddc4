/** Keeps notes. Table: sample_notes. */
import { coreErrors, defineErrors, type Principal, type Services } from 'patchbay/plugin';
import type { Note, Notes } from './contract.ts';
import type { NoteRow } from './scope.ts';

const errors = defineErrors({ too_long: [422, 'The note is too long; shorten it'] });

export function createNotes({ db, events, config }: Services & { config: { maxLength: number } }): Notes {
  return {
    async add(principal, text) {
      if (text.length > config.maxLength) throw errors.too_long({ extra: { max_length: config.maxLength } });
      return db.transaction(async (trx) => {
        const [row] = await trx('sample_notes')
          .insert({ tenant_id: ownerOf(principal), text })
          .returning('*');
        if (!row) throw new Error('The note was not stored');
        await events.emit(trx, 'sample.added', { id: row.id }, { tenantId: principal.tenantId });
        return shown(row);
      });
    },
    async find(principal, id) {
      const row = await db
        .read('sample_notes')
        .where({ id, tenant_id: ownerOf(principal) })
        .first();
      if (!row) throw coreErrors.not_found({ message: 'There is no such note' });
      return shown(row);
    },
  };
}

/** The root token belongs to no tenant: its notes are the platform's own. */
function ownerOf({ tenantId }: Principal): string {
  return tenantId ?? '';
}

function shown({ id, text }: NoteRow): Note {
  return { id, text };
}
