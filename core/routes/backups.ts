/** Backups beside the running server: made, listed, downloaded, deleted by super-admins. */
import Type from 'typebox';
import type { Backups } from '../backup/backups.ts';
import { reply } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { OperationView } from '../operations/operation-row.ts';

const Name = Type.Object({ name: Type.String({ maxLength: 100 }) });
export const BackupView = Type.Object({ name: Type.String(), size_bytes: Type.Integer(), created_at: Type.Integer() });

export function backupRoutes(backups: Backups) {
  return [
    route({
      method: 'POST',
      path: '/api/platform/backups',
      access: 'superadmin',
      tag: 'backups',
      summary: 'Makes a backup beside the running server; the answer is the operation that tells of it',
      responses: { 202: OperationView },
      async handler({ principal, log }) {
        log.info({ by: principal.id }, 'A backup was asked for');
        return backups.start(principal);
      },
    }),
    route({
      method: 'GET',
      path: '/api/platform/backups',
      access: 'superadmin',
      tag: 'backups',
      summary: 'Backups in the data folder, newest first',
      responses: { 200: Type.Object({ items: Type.Array(BackupView), next_cursor: Type.Null() }) },
      handler: async () => ({ items: await backups.list(), next_cursor: null }),
    }),
    route({
      method: 'GET',
      path: '/api/platform/backups/{name}',
      access: 'superadmin',
      tag: 'backups',
      summary: 'The backup itself, for `patchbay restore`; it holds the secrets',
      params: Name,
      responses: { 200: null },
      produces: ['application/gzip'],
      async handler({ params, principal, log }) {
        const { stream, name, size_bytes } = await backups.open(params.name);
        log.info({ by: principal.id, name }, 'A backup was downloaded');
        return reply(200, stream, {
          'content-type': 'application/gzip',
          'content-length': String(size_bytes),
          'content-disposition': `attachment; filename="${name}"`,
        });
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/platform/backups/{name}',
      access: 'superadmin',
      tag: 'backups',
      summary: 'Deletes a backup',
      params: Name,
      responses: { 204: null },
      async handler({ params, principal, log }) {
        await backups.remove(params.name);
        log.info({ by: principal.id, name: params.name }, 'A backup was deleted');
      },
    }),
  ];
}
