/** What workflows and AI agents can call. */
import { defineFunction, Type } from 'patchbay-platform/plugin';
import type { SampleScope } from './scope.ts';

export const addNote = defineFunction({
  name: 'sample.add',
  summary: 'Keeps a note',
  access: { scope: 'sample:manage', tenant: true },
  input: Type.Object({ text: Type.String({ minLength: 1 }) }),
  output: Type.Object({ id: Type.Integer() }),
  async run({ text }, { tenantId, principal, idempotencyKey }, { notes }: SampleScope) {
    const { id } = await notes.add({ tenantId, userId: principal.userId }, { text }, idempotencyKey);
    return { id };
  },
});
