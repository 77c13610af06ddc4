/** The route that makes a new key. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import type { KeysScope } from './services.ts';

export const rotateKey = route({
  method: 'POST',
  path: '/api/platform/licensing/signing-keys',
  access: 'superadmin',
  summary: 'A new key for offline licences; older ones stay published',
  responses: { 201: Type.Object({ kid: Type.String() }) },
  handler: async (_request, { signingKeys }: KeysScope) => ({ kid: await signingKeys.rotate() }),
});
