/** A backup that is restored into a fresh installation, by who has its set-up link: brought here, chosen, begun, looked after. */
import Type, { type Static } from 'typebox';
import { namedBackup } from '../backup/backup-names.ts';
import type { FreshRestores, RestoreStore } from '../backup/fresh-restore.ts';
import { coreErrors } from '../errors.ts';
import { ACCEPT_LANGUAGE, type Summarize } from '../http/language.ts';
import { reply } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { lackOfTarget, TargetConfig } from '../offsite/config.ts';
import { schemaInWords } from '../settings/schema-in-words.ts';

const PATH = '/api/platform/setup/restore';
const KINDS = ['s3', 'webdav', 'sftp'] as const;
const LIMIT = { name: 'fresh-restore', points: 30, windowSeconds: 60 };
const common = { access: 'public', tag: 'backups' } as const;

const Id = Type.Object({ id: Type.String({ maxLength: 60 }) });
const State = Type.Object({
  id: Type.String(),
  phase: Type.Enum(['open', 'receiving', 'fetching', 'checking', 'restarting', 'done', 'failed']),
  done_bytes: Type.Integer(),
  total_bytes: Type.Integer(),
  problem: Type.Union([Type.String(), Type.Null()], { description: 'Why it failed; everything is as it was' }),
});
const Opened = Type.Object({
  ...State.properties,
  folder: Type.String({ description: 'Where this server keeps its own backups' }),
  stores: Type.Array(Type.Object({ kind: Type.Enum([...KINDS]), title: Type.String(), schema: Type.Unknown() }), {
    description: 'Places away from the server, with JSON Schemas of what has to be known of them',
  }),
});
const { s3, webdav, sftp } = TargetConfig.properties;
const Store = Type.Object(
  {
    kind: Type.Enum(['folder', ...KINDS]),
    folder: Type.String({ default: '', maxLength: 1_000, description: 'Of this machine' }),
    s3,
    webdav,
    sftp,
  },
  { additionalProperties: false },
);
const Listed = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String(),
      size_bytes: Type.Integer(),
      created_at: Type.Integer(),
      is_encrypted: Type.Boolean(),
    }),
  ),
  host_key: Type.Union([Type.String(), Type.Null()], {
    description:
      'SFTP: the key that the server shows, and that has to be confirmed as `fingerprint` before anything is listed',
  }),
});

export function freshRestoreRoutes(restores: FreshRestores, ownFolder: string, summarize: Summarize) {
  return [
    route({
      method: 'POST',
      path: PATH,
      operationId: 'openRestore',
      ...common,
      summary: 'Opens a restore into an installation in which nobody is yet, with the token of its set-up link',
      rateLimit: LIMIT,
      body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) }),
      requestHeaders: ACCEPT_LANGUAGE,
      responses: { 201: Opened },
      async handler({ body, ctx }) {
        const state = await restores.open(body.token);
        const stores = KINDS.map((kind) => {
          const schema = schemaInWords(summarize, ctx, TargetConfig.properties[kind], `backups.target.${kind}`);
          return { kind, title: String(schema.title ?? kind), schema };
        });
        return reply(201, { ...state, folder: ownFolder, stores });
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/{id}`,
      operationId: 'getRestore',
      ...common,
      summary: 'How far a restore into a fresh installation is, also after the server has started again',
      params: Id,
      responses: { 200: State },
      handler: async ({ params }) => restores.state(params.id),
    }),
    route({
      method: 'POST',
      path: `${PATH}/{id}/pieces`,
      operationId: 'sendRestorePiece',
      ...common,
      summary: 'Takes the next piece of a backup: up to 64 MB, from `at` of `total` bytes',
      params: Id,
      query: Type.Object({
        at: Type.Integer({ minimum: 0 }),
        total: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
      }),
      rawBody: ['application/octet-stream'],
      responses: { 200: State },
      handler: async ({ params, query, ctx }) => restores.receive(params.id, { ...query, stream: ctx.req }),
    }),
    route({
      method: 'POST',
      path: `${PATH}/{id}/backups`,
      operationId: 'listRestorableBackups',
      ...common,
      summary: 'The backups in a store',
      rateLimit: LIMIT,
      params: Id,
      body: Store,
      responses: { 200: Listed },
      async handler({ params, body }) {
        const { items, hostKey } = await restores.list(params.id, storeOf(body));
        return { items: items.map(shown), host_key: hostKey };
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/{id}/begin`,
      operationId: 'beginRestore',
      ...common,
      summary: 'Restores what was sent, or a backup of a store; the server starts again with it, or says why not',
      rateLimit: LIMIT,
      params: Id,
      body: Type.Object({
        from: Type.Optional(Type.Object({ store: Store, name: Type.String({ minLength: 1, maxLength: 300 }) })),
        identity: Type.String({
          default: '',
          maxLength: 20_000,
          description: 'The key of age that opens it, where it is encrypted (AGE-SECRET-KEY-1…)',
        }),
      }),
      responses: { 202: State },
      async handler({ params, body: { from, identity } }) {
        const source = from ? { store: storeOf(from.store), name: from.name } : null;
        return reply(202, await restores.begin(params.id, source, identity));
      },
    }),
  ];
}

/** Throws what is missing. */
function storeOf({ kind, folder, ...rest }: Static<typeof Store>): RestoreStore {
  if (kind === 'folder') return { kind, folder };
  const store = { kind, ...rest };
  const lack = lackOfTarget(store);
  if (lack) throw coreErrors.restore_refused({ message: lack });
  return store;
}

function shown({ name, size_bytes }: { name: string; size_bytes: number }) {
  const named = namedBackup(name);
  return { name, size_bytes, created_at: named?.begunAt ?? 0, is_encrypted: named?.isEncrypted ?? false };
}
