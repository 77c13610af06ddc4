/** What people may ask for: all that is kept of them, and that it goes with them. */
import type { EventHandler, HookHandler } from 'patchbay-platform/plugin';
import { type NoteRow, noteView } from './notes.ts';
import type { SampleScope } from './scope.ts';

/** Where it stands in what the person gets. */
const SECTION = 'sample';

export const exportNotes: HookHandler<'user.exporting'> = async ({ user, sections }, next, { db }: SampleScope) => {
  const rows: NoteRow[] = await db.read('sample_notes').where({ user_id: user.id }).orderBy('id');
  sections[SECTION] = rows.map(noteView);
  await next();
};

/** An event may come twice: what is gone already is no mistake. */
export const erasePerson: EventHandler<'user.deleted'> = ({ data }, { notes }: SampleScope) =>
  notes.erase(data.tenant_id, data.id);

export const eraseTenant: EventHandler<'tenant.deleted'> = ({ data }, { notes }: SampleScope) =>
  notes.erase(data.tenant_id);
