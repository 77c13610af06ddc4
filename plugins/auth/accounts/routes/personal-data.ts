/** /api/platform/auth/export: what is held about oneself. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import { PEOPLE, personOf } from '../../access.ts';
import type { AccountsScope } from '../services.ts';

export const personalDataRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/auth/export',
    operationId: 'exportPersonalData',
    access: PEOPLE,
    summary: 'Everything that is held about you, as one document',
    rateLimit: { name: 'auth.export', points: 10, windowSeconds: 3600, by: 'principal' },
    responses: { 200: Type.Record(Type.String(), Type.Unknown()) },
    async handler({ principal }, { personalData, operations }: AccountsScope) {
      const what = { kind: 'auth.export', title: 'Export of personal data', isPrivate: true, onlyWhenLong: true };
      const document = await operations.run({ ...what, principal }, (progress) => {
        progress.report({ message: 'Collecting from all plugins' });
        return personalData.export(personOf(principal));
      });
      return reply(200, document, { 'content-disposition': 'attachment; filename="personal-data.json"' });
    },
  }),
];
