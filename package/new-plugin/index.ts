/** sample: notes that people keep. This is its table of contents; every field is explained where `definePlugin` is declared. */
import { definePlugin, type FactoriesOf, Type } from 'patchbay-platform/plugin';
import { SampleConfig } from './config.ts';
import type { SampleServices } from './contract.ts';
import { addNote } from './functions.ts';
import { createNotes, METER } from './notes.ts';
import { erasePerson, eraseTenant, exportNotes } from './personal-data.ts';
import { remind, remindDue } from './reminders.ts';
import { noteRoutes } from './routes.ts';
import type { SampleScope } from './scope.ts';

/** What plugins that require this one may import. */
export type * from './contract.ts';

export default definePlugin({
  name: 'sample',
  summary: 'Notes that people keep',
  requires: ['auth'],
  config: SampleConfig,
  migrations: new URL('./migrations/', import.meta.url),
  contents: { notes: 'sample_notes' },
  publicServices: {
    notes: createNotes,
  } satisfies FactoriesOf<SampleServices, SampleScope & { config: SampleConfig }>,
  scopes: { 'sample:read': 'See notes', 'sample:manage': 'Keep, change and delete notes' },
  meters: [{ name: METER, summary: 'Notes', period: 'current' }],
  events: { 'sample.added': Type.Object({ id: Type.Integer() }) },
  eventAccess: { 'sample.added': { scope: 'sample:read' } },
  hookPoints: { 'sample.adding': 'Before a note is kept' },
  hooks: { 'user.exporting': exportNotes },
  on: { 'user.deleted': erasePerson, 'tenant.deleted': eraseTenant },
  routes: noteRoutes,
  functions: [addNote],
  cron: [remindDue],
  jobs: [remind],
});
