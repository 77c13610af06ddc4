/** The enabled plugins for super-admins: what each is, how it is, how it is configured, and what it has in the database. */
import type Koa from 'koa';
import Type, { type Static } from 'typebox';
import { completedMigrations, type MigrationSource, migrationNames, ownerOf } from '../database/migrations.ts';
import { coreErrors } from '../errors.ts';
import type { HealthChecks } from '../health/health.ts';
import { ACCEPT_LANGUAGE, type Summarize } from '../http/language.ts';
import { route } from '../http/route.ts';
import { secretNamesIn } from '../http/secret-fields.ts';
import type { LoadedPlugin } from '../plugins.ts';
import { masked } from '../security/masked.ts';
import type { Services } from '../services.ts';
import { markedIn } from '../settings/marks.ts';

export const PluginView = Type.Object({
  name: Type.String(),
  version: Type.String(),
  summary: Type.String(),
  requires: Type.Array(Type.String()),
  health: Type.Union(
    [
      Type.Object({
        status: Type.Union([Type.Literal('ok'), Type.Literal('failing')]),
        detail: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      }),
      Type.Null(),
    ],
    { description: 'Null when it says nothing of its health' },
  ),
  settings: Type.Array(Type.String(), { description: 'Areas of the server’s settings in which it has some' }),
  config: Type.Unknown({ description: 'Its part of the configuration as it is in force, without secrets' }),
  docs: Type.String({ description: 'Where its routes are described' }),
  migrations: Type.Array(Type.Object({ name: Type.String(), applied: Type.Boolean() })),
  table_prefix: Type.String(),
});
type PluginView = Static<typeof PluginView>;

export interface PluginParts {
  plugins: readonly LoadedPlugin[];
  checks: HealthChecks;
  migrations: readonly MigrationSource[];
  summarize: Summarize;
}

export function pluginRoutes({ plugins, checks, migrations, summarize }: PluginParts) {
  return [
    route({
      method: 'GET',
      path: '/api/platform/plugins',
      access: 'superadmin',
      tag: 'plugins',
      summary: 'The plugins that are on, in the order in which they start',
      requestHeaders: ACCEPT_LANGUAGE,
      responses: { 200: Type.Object({ items: Type.Array(PluginView) }) },
      handler: async ({ ctx }, services) => ({ items: await views(ctx, services) }),
    }),
    route({
      method: 'GET',
      path: '/api/platform/plugins/{name}',
      access: 'superadmin',
      tag: 'plugins',
      summary: 'One plugin',
      params: Type.Object({ name: Type.String({ maxLength: 41 }) }),
      requestHeaders: ACCEPT_LANGUAGE,
      responses: { 200: PluginView },
      async handler({ params, ctx }, services) {
        const view = (await views(ctx, services)).find(({ name }) => name === params.name);
        if (!view) throw coreErrors.not_found({ message: 'There is no such plugin, or it is off' });
        return view;
      },
    }),
  ];

  async function views(ctx: Koa.Context, { db, coreConfig }: Services): Promise<PluginView[]> {
    const [{ checks: parts }, completed] = await Promise.all([checks.run(), completedMigrations(db.read)]);
    const applied = new Set(completed);
    const names = migrationNames(migrations);
    return plugins.map(({ plugin: { name, summary, requires = [], config: schema }, version, config }) => ({
      name,
      version,
      summary: summarize(ctx, name, summary),
      requires: [...requires],
      health: parts[name] ?? null,
      settings: schema ? [...new Set(markedIn(schema, []).map(({ area }) => area))] : [],
      config: masked(config, new Set(schema ? secretNamesIn(schema) : [])),
      docs: `${coreConfig.http.publicUrl.replace(/\/$/, '')}/docs#/${name}`,
      migrations: names.filter((one) => ownerOf(one) === name).map((one) => ({ name: one, applied: applied.has(one) })),
      table_prefix: `${name.replaceAll('-', '_')}_`,
    }));
  }
}
