/** Whether there is a newer version, for super-admins. */
import Type from 'typebox';
import { route } from '../http/route.ts';
import type { Updates } from '../updates/updates.ts';

const UpdatesView = Type.Object({
  version: Type.String({ description: 'The one that runs' }),
  url: Type.Union([Type.String(), Type.Null()], { description: 'Where a version file is asked; null: nowhere' }),
  offered: Type.Union(
    [
      Type.Object({
        version: Type.String(),
        changelog: Type.Union([Type.String(), Type.Null()], { description: 'Where it is said what is new' }),
      }),
      Type.Null(),
    ],
    { description: 'Newer than the one that runs; null: nothing is' },
  ),
  checked_at: Type.Union([Type.Integer(), Type.Null()], { description: 'Milliseconds since the epoch' }),
  error: Type.Union([Type.String(), Type.Null()], { description: 'Why the last check failed' }),
});

export const updateRoutes = (updates: Updates) => [
  route({
    method: 'GET',
    path: '/api/platform/updates',
    operationId: 'getUpdates',
    access: 'superadmin',
    tag: 'updates',
    summary: 'Which version runs, and whether a newer one is offered; `core.checkUpdates` asks once a day',
    responses: { 200: UpdatesView },
    handler: () => updates.state(),
  }),
];
