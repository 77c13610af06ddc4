/** Providers: those of the configuration, and those that a tenant adds. */
import Type, { type Static } from 'typebox';
import { isAppError, isoSeconds, lazily } from '#core/kit.ts';
import { IF_MATCH, preconditionOf, reply, route, versioned, versionOf } from '#core/plugin.ts';
import { AI_ADMINISTER, AI_READ } from '../../access.ts';
import { HIGHEST_PRICE, KEY_PATTERN, PROVIDER_KINDS, ProviderSettings } from '../../config.ts';
import { aiErrors } from '../../errors.ts';
import { moneyOf } from '../../money.ts';
import { isAssistant } from '../assistants.ts';
import type { KnownProvider } from '../kinds/kind.ts';
import { modelNames } from '../model-names.ts';
import type { StoredSettings } from '../providers.ts';
import type { ModelsScope } from '../services.ts';
import type { ProviderRow } from '../tables.ts';
import type { ProviderWish } from '../tenant-providers.ts';

const values = lazily<typeof import('typebox/value')>('typebox/value', import.meta.url);
const PATH = '/api/platform/ai/providers';
/** What a provider is tried with; nothing of the tenant. */
const TRY_TEXT = 'Say hello in one short sentence.';
/** Models that think need more for it than for a short answer. */
const MOST_TOKENS_OF_TRY = 2_000;
const PROBE_LIMIT_MS = 90_000;
/** What is tried is forgotten at once, or stays: nobody has said anything in it. */
const FORGET_LIMIT_MS = 5_000;
const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$' });
const Params = Type.Object({ name: Name });
const Key = Type.Optional(
  Type.String({
    maxLength: 1_000,
    pattern: KEY_PATTERN,
    description: 'Sealed, and never shown again',
    writeOnly: true,
  }),
);

const Found = Type.Union([
  Type.Object({
    forms: Type.Enum(['schema', 'object', 'none'], {
      description: 'It keeps to a JSON schema, to JSON, or answers in words; used where `schemas` does not say it',
    }),
    tools: Type.Enum(['called', 'ignored', 'refused'], {
      description: 'It calls functions; it passed over one; it refuses to be given any, and is given none',
    }),
  }),
  Type.Null(),
]);

const ProviderView = Type.Object({
  name: Type.String(),
  kind: Type.Enum([...PROVIDER_KINDS]),
  base_url: Type.Union([Type.String(), Type.Null()], { description: 'Null for one that the operator shares' }),
  model: Type.String(),
  pictures: Type.Boolean(),
  tools: Type.Boolean(),
  schemas: Type.Boolean(),
  assistant: Type.Boolean({ description: 'It has its own instructions, knowledge and memory' }),
  instructions: Type.Boolean(),
  handover: Type.String(),
  inputs: Type.Record(Type.String(), Type.String()),
  price: Type.Object({ input: Type.Number(), output: Type.Number() }),
  hours: Type.Union([Type.Object({ zone: Type.String(), from: Type.String(), to: Type.String() }), Type.Null()]),
  found: { ...Found, description: 'What came of trying it, with this model at this address; null before' },
  has_key: Type.Boolean(),
  source: Type.Enum(['config', 'own'], { description: 'Those of the configuration file are changed there' }),
  down_until: Type.Union([Type.String(), Type.Null()], { description: 'Left alone until then, after it has failed' }),
  last_call: Type.Union(
    [
      Type.Object({ ok: Type.Boolean(), at: Type.String(), error: Type.String({ description: 'Why it failed' }) }),
      Type.Null(),
    ],
    { description: 'What came of asking it last, as it is set up now; null before' },
  ),
  version: Type.Union([Type.String(), Type.Null()], { description: 'For `If-Match` of a change' }),
});
type ProviderView = Static<typeof ProviderView>;

const { baseUrl, ...Rest } = ProviderSettings;
const Price = Type.Number({ minimum: 0, maximum: HIGHEST_PRICE });
const Body = Type.Object({ name: Name, base_url: baseUrl, api_key: Key, ...Rest, limits: Type.Optional(Rest.limits) });
/** Without their defaults: what a change leaves out stays as it is. */
const bare = (schema: Type.TInteger) => Type.Integer({ ...schema, default: undefined });
const { firstByteSeconds, idleSeconds, totalSeconds, maxBytes } = Rest.limits.properties;
const Limits = Type.Partial(
  Type.Object({
    firstByteSeconds: bare(firstByteSeconds),
    idleSeconds: bare(idleSeconds),
    totalSeconds: bare(totalSeconds),
    maxBytes: bare(maxBytes),
  }),
);
const Patch = Type.Partial(
  Type.Object({
    base_url: baseUrl,
    api_key: Key,
    place: Type.Integer({ minimum: 0, maximum: 1_000 }),
    kind: Rest.kind,
    model: Type.String({ maxLength: 200 }),
    pictures: Type.Boolean(),
    tools: Type.Boolean(),
    schemas: Type.Boolean(),
    assistant: Type.Boolean(),
    instructions: Type.Boolean(),
    handover: Type.String({ maxLength: 200 }),
    inputs: Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,59}$' }), Type.String({ maxLength: 2_000 }), {
      maxProperties: 50,
    }),
    hours: Type.Union([ProviderSettings.hours, Type.Null()]),
    limits: Limits,
    price: Type.Object({ input: Price, output: Price }),
  }),
);

export const providerRoutes = [
  route({
    method: 'GET',
    path: PATH,
    operationId: 'listAiProviders',
    access: AI_READ,
    summary: 'Providers that may be asked, in their order',
    responses: { 200: Type.Object({ items: Type.Array(ProviderView), currency: Type.String() }) },
    async handler({ principal }, services: ModelsScope) {
      return { items: await viewsOf(principal.tenantId, services), currency: services.aiConfig.currency };
    },
  }),
  route({
    method: 'POST',
    path: PATH,
    operationId: 'addAiProvider',
    access: AI_ADMINISTER,
    summary: 'Adds a provider of one’s own; it is asked before those of the configuration',
    body: Body,
    responses: { 201: ProviderView },
    async handler({ body, principal }, services: ModelsScope) {
      const { name, base_url, api_key = '', limits = values().Value.Create(Rest.limits), ...rest } = body;
      const settings: StoredSettings = { ...rest, limits, baseUrl: base_url };
      const row = await services.tenantProviders.create(principal, name, settings, api_key);
      return versioned(row, await oneOf(principal.tenantId, name, services), 201);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/ai/model-names',
    operationId: 'listAiModelNames',
    access: AI_ADMINISTER,
    summary: 'The models that an address lists, before a provider is made of it',
    body: Type.Object({
      base_url: baseUrl,
      kind: Type.Enum(['openai-compatible', 'anthropic'], { default: 'openai-compatible' }),
      api_key: Key,
      provider: Type.Optional({ ...Name, description: 'One of one’s own at this address, whose key is used' }),
    }),
    responses: { 200: Type.Object({ names: Type.Array(Type.String()) }) },
    async handler({ body: { base_url, kind, api_key, provider }, principal }, services: ModelsScope) {
      const known = provider === undefined ? [] : await services.providers.of(principal.tenantId);
      // A key is sent nowhere but where it was meant for.
      const own = known.find((one) => one.name === provider && !one.isOfConfig && one.baseUrl === base_url);
      return { names: await modelNames({ kind, baseUrl: base_url, apiKey: api_key ?? own?.apiKey ?? '' }, services) };
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{name}`,
    operationId: 'changeAiProvider',
    access: AI_ADMINISTER,
    summary: 'Changes a provider of one’s own; another address needs the key again',
    params: Params,
    body: Patch,
    requestHeaders: IF_MATCH,
    responses: { 200: ProviderView },
    async handler({ params, body, principal, ctx }, services: ModelsScope) {
      const { base_url, api_key, place, hours, ...rest } = body;
      const settings = {
        ...rest,
        ...(base_url !== undefined && { baseUrl: base_url }),
        ...(hours !== undefined && { hours: hours ?? undefined }),
      };
      const wish = {
        settings: settings as ProviderWish['settings'],
        ...(api_key !== undefined && { apiKey: api_key }),
        ...(place !== undefined && { place }),
      };
      const row = await services.tenantProviders.change(principal, params.name, wish, preconditionOf(ctx));
      return versioned(row, await oneOf(principal.tenantId, params.name, services));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{name}`,
    operationId: 'removeAiProvider',
    access: AI_ADMINISTER,
    summary: 'Removes a provider of one’s own, with its key',
    params: Params,
    responses: { 204: null },
    async handler({ params, principal }, { tenantProviders }: ModelsScope) {
      await tenantProviders.remove(principal, params.name);
      return reply(204);
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/{name}/try`,
    operationId: 'tryAiProvider',
    access: AI_ADMINISTER,
    summary: 'Asks this provider alone, says what came of it, and finds out what it can do',
    params: Params,
    body: Type.Object({
      text: Type.String({
        default: TRY_TEXT,
        minLength: 1,
        maxLength: 4_000,
        description: 'Without consent to AI the default is sent instead, whatever this says',
      }),
    }),
    responses: {
      200: Type.Object({
        ok: Type.Boolean(),
        code: Type.Union([Type.String(), Type.Null()], { description: 'Of what went wrong, as an error has it' }),
        text: Type.String({ description: 'The answer, or what went wrong' }),
        model: Type.String(),
        duration_ms: Type.Integer(),
        input_tokens: Type.Integer(),
        output_tokens: Type.Integer(),
        cost: Type.Number(),
        found: { ...Found, description: 'What it can do, which is remembered; null for an assistant' },
      }),
    },
    async handler({ params, body, principal }, { aiRules, models, clock, pendingWrites, providers }: ModelsScope) {
      const { hasConsent } = await aiRules.of(principal.tenantId);
      const all = await providers.of(principal.tenantId);
      const known = all.find(({ name }) => name === params.name);
      if (!known) throw aiErrors.provider_not_found();
      const started = clock.now();
      const text = hasConsent ? body.text : TRY_TEXT;
      const asker = { tenantId: principal.tenantId, purpose: 'try' as const };
      try {
        const answer = await models.ask({
          asker,
          provider: known.name,
          only: true,
          instructions: 'You are being tried out.',
          messages: [{ role: 'user', text }],
          // An assistant is given what it is given by a customer, in a conversation that nobody goes on with.
          turn: {
            text,
            inputs: {},
            isLasting: false,
            session: async () => null,
            store: (of, id, user) =>
              models.delete(principal.tenantId, of, { id, user }, AbortSignal.timeout(FORGET_LIMIT_MS)),
          },
          maxOutputTokens: MOST_TOKENS_OF_TRY,
        });
        const found = await models.probe(asker, known.name, AbortSignal.timeout(PROBE_LIMIT_MS));
        return {
          ok: true,
          found,
          code: null,
          text: answer.text,
          model: answer.model,
          duration_ms: answer.durationMs,
          input_tokens: answer.inputTokens,
          output_tokens: answer.outputTokens,
          cost: moneyOf(answer.costMicros),
        };
      } catch (error) {
        if (!isAppError(error)) throw error;
        return {
          ok: false,
          found: null,
          code: error.code,
          text: error.message,
          model: known.model,
          duration_ms: clock.now() - started,
          input_tokens: 0,
          output_tokens: 0,
          cost: 0,
        };
      } finally {
        // Who reads the providers next finds what came of it.
        await pendingWrites.settled();
      }
    },
  }),
];

async function viewsOf(tenantId: string, services: ModelsScope): Promise<ProviderView[]> {
  const { providers, breakers, tenantProviders, operatorTenant, calls, clock } = services;
  const [all, own, operator] = await Promise.all([
    providers.of(tenantId),
    tenantProviders.of(tenantId),
    operatorTenant.id(),
  ]);
  const rows = new Map<string, ProviderRow>(own.map((row) => [row.name, row]));
  const lastOf = async (provider: KnownProvider): Promise<ProviderView['last_call']> => {
    const since = provider.isOfConfig ? 0 : (rows.get(provider.name)?.updated_at ?? 0);
    const last = await calls.last(tenantId, provider.name, since);
    // Finding out what it can do takes calls that it may refuse.
    const { triedAt } = provider;
    if (triedAt !== null && triedAt >= Math.max(since, last?.at ?? 0))
      return { ok: true, at: isoSeconds(triedAt), error: '' };
    return last && { ...last, at: isoSeconds(last.at) };
  };
  const lastCalls = await Promise.all(all.map(lastOf));
  return all.map((provider, place) => {
    const { name, kind, model, pictures, tools, schemas, instructions, handover, inputs, price } = provider;
    const { hours = null, isOfConfig } = provider;
    const row = isOfConfig ? undefined : rows.get(name);
    const until = breakers.downUntil(tenantId, name);
    return {
      name,
      kind,
      model,
      pictures,
      tools,
      schemas,
      assistant: isAssistant(provider),
      instructions,
      handover,
      // Those of the configuration may be as secret as its headers.
      inputs: isOfConfig ? {} : inputs,
      price,
      hours,
      found: provider.found,
      has_key: provider.apiKey !== '',
      base_url: !isOfConfig || operator === tenantId ? provider.baseUrl : null,
      source: isOfConfig ? 'config' : 'own',
      down_until: until !== null && until > clock.now() ? new Date(until).toISOString() : null,
      last_call: lastCalls[place] ?? null,
      version: row ? versionOf(row) : null,
    };
  });
}

async function oneOf(tenantId: string, name: string, services: ModelsScope): Promise<ProviderView> {
  const found = (await viewsOf(tenantId, services)).find((one) => one.name === name);
  if (!found) throw aiErrors.provider_not_found();
  return found;
}
