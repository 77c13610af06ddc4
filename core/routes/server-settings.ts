/** The server's settings, for super-admins: by area, as forms want them; saved, tried, taken back; and the restart that some need. */
import type Koa from 'koa';
import Type, { type Static } from 'typebox';
import type { Tree } from '../config/tree.ts';
import type { Configuration } from '../configuration.ts';
import { coreErrors, messageOf } from '../errors.ts';
import { ACCEPT_LANGUAGE, type Summarize } from '../http/language.ts';
import { reply } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { inTime } from '../in-time.ts';
import type { Logger } from '../observability/log.ts';
import type { PageText } from '../pages/pages.ts';
import { SETTINGS_AREAS, type SettingChoice, type SettingsFinding } from '../settings/areas.ts';
import { REACH, REACH_PATH } from '../settings/core-areas.ts';
import { schemaInWords } from '../settings/schema-in-words.ts';
import type { ServerSettings, ShownSetting } from '../settings/server-settings.ts';

/** A test of an area, given the services of who declared it. */
export interface BoundSettingsArea {
  area: string;
  title: PageText | null;
  target: PageText | null;
  choices: (() => Promise<Choices>) | null;
  test: ((candidate: Configuration, target: string) => Promise<readonly SettingsFinding[]>) | null;
}

type Choices = Readonly<Record<string, readonly SettingChoice[]>>;

export interface SettingsRoutesParts {
  settings: ServerSettings;
  areas: readonly BoundSettingsArea[];
  summarize: Summarize;
  /** Null where nobody would start this process again. */
  restart(): (() => void) | null;
}

const Area = Type.Object({ area: Type.String({ maxLength: 60 }) });
const SettingView = Type.Object({
  name: Type.String(),
  title: Type.String(),
  schema: Type.Unknown({ description: 'JSON Schema of the value, with titles in the language of who asks' }),
  value: Type.Unknown({
    description: 'As set, or the default; secrets are `(hidden)`, and are kept when sent like that',
  }),
  source: Type.String({
    description: '`default`, `settings`, or the file, `environment` or `command line` that names it and wins',
  }),
  is_locked: Type.Boolean({ description: 'It is named by the file or the environment, and cannot be changed here' }),
  when: Type.Union([Type.Object({ name: Type.String(), value: Type.String() }), Type.Null()], {
    description: 'Worth showing while that other setting has this value',
  }),
  is_live: Type.Boolean({ description: 'In force once it is saved; otherwise after a restart' }),
  waits_for_restart: Type.Boolean(),
});
const Problem = Type.Union([Type.String(), Type.Null()], {
  description: 'Why what is set is not used: it does not fit this version any more',
});
const AreaView = Type.Object({
  area: Type.String(),
  title: Type.String(),
  version: Type.Integer({ description: '0: nothing was set' }),
  problem: Problem,
  can_test: Type.Boolean(),
  target: Type.Union([Type.String(), Type.Null()], { description: 'What a test needs to be told' }),
  settings: Type.Array(SettingView),
});
const Overview = Type.Object({
  areas: Type.Array(
    Type.Object({
      area: Type.String(),
      title: Type.String(),
      waits_for_restart: Type.Boolean(),
      problem: Problem,
    }),
  ),
  can_restart: Type.Boolean(),
  moves_to: Type.Union([Type.String(), Type.Null()], {
    description: 'The address at which the server answers after a restart; null: where it does now',
  }),
});
const Change = Type.Object(
  {
    values: Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), { default: {}, description: 'By name' }),
    reset: Type.Array(Type.String({ maxLength: 200 }), {
      default: [],
      maxItems: 200,
      description: 'Names of what is to be as if it had never been set',
    }),
  },
  { additionalProperties: false },
);
const Trial = Type.Object(
  { ...Change.properties, target: Type.String({ default: '', maxLength: 320 }) },
  { additionalProperties: false },
);
const Offer = Type.Object(
  { setting: Type.String(), values: Type.Record(Type.String(), Type.String()) },
  { description: 'Fields of a setting that may be taken over, once a person has looked at them' },
);
const Findings = Type.Object({
  findings: Type.Array(Type.Object({ ok: Type.Boolean(), text: Type.String(), offer: Type.Optional(Offer) })),
});
const Versions = Type.Object({
  items: Type.Array(
    Type.Object({ version: Type.Integer(), changed: Type.Array(Type.String()), created_at: Type.Integer() }),
  ),
});
const IF_VERSION = { 'If-Match': 'The version of the area that was seen: 412 when it is another one now' };
/** A test asks others, each of which may be slow. */
const LONGEST_TEST_MS = 30_000;
const PATH = '/api/platform/server/settings';
const common = { access: 'superadmin', tag: 'settings' } as const;

export function settingsRoutes({ settings, areas, summarize, restart }: SettingsRoutesParts) {
  return [
    route({
      method: 'GET',
      path: PATH,
      operationId: 'listServerSettings',
      ...common,
      summary: 'The areas of the server’s settings, and what waits for a restart',
      requestHeaders: ACCEPT_LANGUAGE,
      responses: { 200: Overview },
      handler: async ({ ctx }) => ({
        areas: overview(ctx),
        can_restart: restart() !== null,
        moves_to: settings.movesTo(),
      }),
    }),
    route({
      method: 'GET',
      path: `${PATH}/{area}`,
      operationId: 'getServerSettings',
      ...common,
      summary: 'The settings of one area',
      params: Area,
      requestHeaders: ACCEPT_LANGUAGE,
      responses: { 200: AreaView },
      handler: async ({ params, ctx, log }) => shown(ctx, params.area, log),
    }),
    route({
      method: 'PATCH',
      path: `${PATH}/{area}`,
      operationId: 'changeServerSettings',
      ...common,
      summary: 'Saves settings of one area, checked by their schema and by what plugins say of their configuration',
      params: Area,
      body: Change,
      requestHeaders: { ...IF_VERSION, ...ACCEPT_LANGUAGE },
      responses: { 200: AreaView },
      async handler({ params, body, principal, ctx, ip, userAgent, log }) {
        const by = { principal, ip, userAgent, origin: ctx.get('origin') };
        await settings.save(params.area, body, by, seenVersion(ctx));
        return shown(ctx, params.area, log);
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/{area}/test`,
      operationId: 'testServerSettings',
      ...common,
      summary: 'Tries settings of an area without saving them',
      params: Area,
      body: Trial,
      responses: { 200: Findings },
      async handler({ params, body }) {
        const test = areas.find(({ area }) => area === params.area)?.test;
        if (!test) throw coreErrors.no_settings_area();
        const { target, ...change } = body;
        const candidate = await settings.candidate(params.area, change);
        return { findings: [...(await found(() => test(candidate, target)))] };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/{area}/versions`,
      operationId: 'listServerSettingsVersions',
      ...common,
      summary: 'What was saved in an area before, newest first',
      params: Area,
      responses: { 200: Versions },
      handler: async ({ params }) => ({ items: await settings.versions(params.area) }),
    }),
    route({
      method: 'POST',
      path: `${PATH}/{area}/versions/{version}/restore`,
      operationId: 'restoreServerSettings',
      ...common,
      summary: 'Makes the settings of an area what they were in an earlier version',
      params: Type.Object({ ...Area.properties, version: Type.Integer({ minimum: 1 }) }),
      requestHeaders: ACCEPT_LANGUAGE,
      responses: { 200: AreaView },
      async handler({ params, principal, ctx, ip, userAgent, log }) {
        await settings.restore(params.area, params.version, { principal, ip, userAgent, origin: ctx.get('origin') });
        return shown(ctx, params.area, log);
      },
    }),
    route({
      method: 'GET',
      path: REACH_PATH,
      operationId: 'reachServer',
      access: 'public',
      tag: 'settings',
      summary: 'By what it answers a server knows that an address leads to itself',
      query: Type.Object({ nonce: Type.String({ format: 'uuid' }) }),
      responses: { 200: null },
      produces: ['text/plain'],
      handler: async ({ query }, { secrets }) =>
        reply(200, secrets.sign(REACH, query.nonce), { 'content-type': 'text/plain', 'cache-control': 'no-store' }),
    }),
    route({
      method: 'POST',
      path: '/api/platform/server/restart',
      operationId: 'restartServer',
      ...common,
      summary: 'Starts this process again, and its replicas some seconds later',
      responses: { 202: null },
      async handler({ principal, log }) {
        const again = restart();
        if (!again) throw coreErrors.unavailable({ message: 'Nobody would start this process again' });
        log.info({ by: principal.id }, 'A restart was asked for');
        // After the answer has left.
        setTimeout(again, RESTART_AFTER_MS).unref();
        return reply(202);
      },
    }),
  ];

  function overview(ctx: Koa.Context): Static<typeof Overview>['areas'] {
    const order = Object.keys(SETTINGS_AREAS);
    const rank = (area: string): number => (order.includes(area) ? order.indexOf(area) : order.length);
    return settings
      .areas()
      .toSorted((one, other) => rank(one.area) - rank(other.area))
      .map(({ area, waitsForRestart }) => ({
        area,
        title: titleOf(ctx, area),
        waits_for_restart: waitsForRestart,
        problem: problemOf(area),
      }));
  }

  async function shown(ctx: Koa.Context, area: string, log: Logger) {
    const { version, settings: all } = settings.shown(area);
    const own = areas.find((one) => one.area === area);
    const choices = await choicesOf(area, log);
    const view = {
      area,
      title: titleOf(ctx, area),
      version,
      problem: problemOf(area),
      can_test: Boolean(own?.test),
      target: own?.target ? inLanguage(ctx, own.target) : null,
      settings: all.map((one) => settingView(ctx, one, choices[one.setting.name])),
    };
    return reply(200, view, { etag: `"${version}"` });
  }

  /** Of all plugins that say something of the area. Without an answer the field is one for a text. */
  async function choicesOf(area: string, log: Logger): Promise<Choices> {
    const asked = areas.flatMap((one) => (one.area === area && one.choices ? [one.choices] : []));
    const answers = asked.map(async (choices) => {
      try {
        return await inTime(choices);
      } catch (error) {
        log.error({ err: error, area }, 'The choices of a setting could not be read');
        return {};
      }
    });
    return Object.assign({}, ...(await Promise.all(answers)));
  }

  function settingView(
    ctx: Koa.Context,
    one: ShownSetting,
    choices: readonly SettingChoice[] | undefined,
  ): Static<typeof SettingView> {
    const { setting, value, source, isLocked, waitsForRestart } = one;
    const words = schemaInWords(summarize, ctx, setting.schema, setting.name);
    const named = choices?.map((choice) => ({ const: choice.value, title: inLanguage(ctx, choice.title) }));
    const schema = named ? oneOf(words, named, value) : words;
    return {
      name: setting.name,
      title: String(schema.title ?? setting.name),
      schema,
      value: value ?? null,
      source,
      is_locked: isLocked,
      when: setting.when ? { name: setting.when[0], value: setting.when[1] } : null,
      is_live: setting.isLive,
      waits_for_restart: waitsForRestart,
    };
  }

  function titleOf(ctx: Koa.Context, area: string): string {
    const title = areas.find((one) => one.area === area)?.title ?? SETTINGS_AREAS[area];
    return title ? inLanguage(ctx, title) : area;
  }

  function problemOf(area: string): string | null {
    return settings.leftOut().find((one) => one.area === area)?.problem ?? null;
  }
}

const RESTART_AFTER_MS = 200;

/** What is set is among them, also when nobody brings it at the moment. */
function oneOf(schema: Tree, named: readonly { const: string; title: string }[], value: unknown): Tree {
  const { type: _type, pattern: _pattern, ...own } = schema;
  const isKnown = typeof value !== 'string' || named.some((choice) => choice.const === value);
  return { ...own, anyOf: isKnown ? [...named] : [...named, { const: value, title: value }] };
}

function inLanguage(ctx: Koa.Context, text: PageText): string {
  if (typeof text === 'string') return text;
  const wanted = ctx.acceptsLanguages(['en', ...Object.keys(text)]);
  const all: Record<string, string | undefined> = { ...text };
  return (wanted !== false && all[wanted]) || text.en;
}

function seenVersion(ctx: Koa.Context): number | null {
  const digits = /^"?(\d+)"?$/.exec(ctx.get('if-match').trim())?.[1];
  return digits === undefined ? null : Number(digits);
}

/** What throws has found something too. */
async function found(test: () => Promise<readonly SettingsFinding[]>): Promise<readonly SettingsFinding[]> {
  try {
    return await inTime(test, LONGEST_TEST_MS);
  } catch (error) {
    return [{ ok: false, text: messageOf(error) }];
  }
}
