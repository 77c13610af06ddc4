/** Backups beside the running server: made, listed, downloaded, deleted by super-admins. */
import Type, { type Static } from 'typebox';
import type { BackupUpkeep } from '../backup/backup-upkeep.ts';
import type { RehearsalRow } from '../backup/rehearsals.ts';
import { reply } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { OperationView } from '../operations/operation-row.ts';

const Name = Type.Object({ name: Type.String({ maxLength: 100 }) });
const Time = Type.Integer({ description: 'Milliseconds since the epoch' });
const TimeOrNull = Type.Union([Type.Integer(), Type.Null()], { description: 'Milliseconds since the epoch' });
const ScheduleOrNull = Type.Union([Type.String(), Type.Null()], { description: 'Five fields, UTC; null: never' });

export const BackupView = Type.Object({
  name: Type.String(),
  size_bytes: Type.Integer(),
  created_at: Type.Integer(),
  is_encrypted: Type.Boolean({ description: 'Only the key of its recipient opens it' }),
  is_scheduled: Type.Boolean({ description: 'Made by the schedule, which deletes it when it has had its time' }),
  is_before_update: Type.Boolean({ description: 'Made before a newer version migrated the database' }),
  rehearsal: Type.Union([Type.Enum(['passed', 'failed']), Type.Null()], { description: 'How its last one ended' }),
  copy: Type.Union([Type.Enum(['sending', 'done', 'failed']), Type.Null()], {
    description: 'How its copy away from the server is; null: none is to be there',
  }),
});

const RehearsalView = Type.Object({
  backup: Type.String(),
  outcome: Type.Enum(['passed', 'failed', 'impossible'], {
    description: '`impossible`: it could not be tried, which says nothing of the backup',
  }),
  problem: Type.Union([Type.String(), Type.Null()]),
  contents: Type.Record(Type.String(), Type.Integer(), { description: 'Rows that were counted, by noun' }),
  begun_at: Time,
  took_ms: Type.Integer(),
});

const CopiesView = Type.Object({
  kind: Type.Enum(['s3', 'webdav', 'sftp']),
  target: Type.String({ description: 'Where they go, without secrets' }),
  last_at: TimeOrNull,
  count: Type.Integer(),
  size_bytes: Type.Integer(),
  is_late: Type.Boolean({ description: 'What was to be there has been tried for two days' }),
  failure: Type.Union([Type.Object({ at: Time, error: Type.String() }), Type.Null()], {
    description: 'Why the last attempt failed',
  }),
});

const UpkeepView = Type.Object({
  folder: Type.String(),
  schedule: ScheduleOrNull,
  next_at: TimeOrNull,
  last_at: TimeOrNull,
  is_late: Type.Boolean({
    description: 'There is none of the last two days, or of the last two times when they are rarer',
  }),
  failure: Type.Union([Type.Object({ at: Time, error: Type.String() }), Type.Null()], {
    description: 'Why the last scheduled one was not made',
  }),
  keep: Type.Object({ daily: Type.Integer(), weekly: Type.Integer(), monthly: Type.Integer() }),
  rehearsal: Type.Object({
    schedule: ScheduleOrNull,
    next_at: TimeOrNull,
    last: Type.Union([RehearsalView, Type.Null()]),
  }),
  encryption: Type.Object({ recipient: Type.Union([Type.String(), Type.Null()]) }),
  copies: Type.Union([CopiesView, Type.Null()], { description: 'Away from the server; null where none are made' }),
});

export function backupRoutes({ backups, keys, list, state }: BackupUpkeep) {
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
      summary: 'Backups that lie at the server, newest first',
      responses: { 200: Type.Object({ items: Type.Array(BackupView), next_cursor: Type.Null() }) },
      handler: async () => ({ items: await list(), next_cursor: null }),
    }),
    route({
      method: 'GET',
      path: '/api/platform/backups/upkeep',
      operationId: 'getBackupUpkeep',
      access: 'superadmin',
      tag: 'backups',
      summary: 'When backups are made and rehearsed, what is kept, and how the last ones went',
      responses: { 200: UpkeepView },
      async handler(_, { coreConfig }) {
        const { rehearsal, ...made } = await state();
        const { folder, keep, encryption } = coreConfig.backups;
        return {
          ...made,
          folder,
          keep,
          encryption,
          rehearsal: { ...rehearsal, last: rehearsal.last && rehearsalView(rehearsal.last) },
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/platform/backups/keys',
      operationId: 'createBackupKey',
      access: 'superadmin',
      tag: 'backups',
      summary:
        'Makes a key for encrypted backups; its identity is shown this once. `backups.encryption.recipient` uses it',
      responses: { 201: Type.Object({ recipient: Type.String(), identity: Type.String() }) },
      async handler({ principal, log }) {
        const pair = await keys.make();
        log.info({ by: principal.id, recipient: pair.recipient }, 'A key for backups was made');
        return reply(201, pair, { 'cache-control': 'no-store' });
      },
    }),
    route({
      method: 'GET',
      path: '/api/platform/backups/{name}',
      access: 'superadmin',
      tag: 'backups',
      summary: 'The backup itself, for `patchbay restore`; it holds the secrets',
      params: Name,
      responses: { 200: null },
      produces: ['application/gzip', 'application/octet-stream'],
      async handler({ params, principal, log }) {
        const { stream, name, size_bytes, is_encrypted } = await backups.open(params.name);
        log.info({ by: principal.id, name }, 'A backup was downloaded');
        return reply(200, stream, {
          'content-type': is_encrypted ? 'application/octet-stream' : 'application/gzip',
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

function rehearsalView({
  backup,
  outcome,
  problem,
  contents,
  begun_at,
  took_ms,
}: RehearsalRow): Static<typeof RehearsalView> {
  return { backup, outcome, problem, contents: JSON.parse(contents), begun_at, took_ms };
}
