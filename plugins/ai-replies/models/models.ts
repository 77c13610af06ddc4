/**
 * Asking models: those that can do what is asked in their order, the next when one fails. Nothing leaves this file but a whole
 * answer, and every call is kept.
 */
import type { TSchema } from 'typebox';
import { type Check, compileCheck, isAppError, messageOf, sanitizeText } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { RobotsServices } from '#plugins/robots/contract.ts';
import type { AiRepliesConfig } from '../config.ts';
import { aiErrors } from '../errors.ts';
import type { AiRules } from '../tenant-rules.ts';
import type { ProviderAbilities } from './abilities.ts';
import { identityOf, isAssistant, takesTurns, waysOf, withoutMarker } from './assistants.ts';
import { type Breakers, Cancelled } from './breakers.ts';
import type { Embeddings } from './embeddings.ts';
import { abilitiesOf } from './found-abilities.ts';
import { isWithinHours } from './hours.ts';
import { CAPABLE, FORGET, KINDS } from './kinds/all.ts';
import {
  type KindAnswer,
  type KindRequest,
  type KindTurn,
  type KindUse,
  type KnownProvider,
  NoSuchSession,
  ProviderFailure,
} from './kinds/kind.ts';
import type { Metering } from './metering.ts';
import { estimate, roughTokens, type Tokens } from './prices.ts';
import { probe } from './probing.ts';
import type { Providers } from './providers.ts';
import { withoutThoughts } from './reasoning.ts';
import { looseValue, structuredValue } from './structured.ts';
import type { Asker, AssistantRef, ModelAnswer, ModelRequest, Models } from './types.ts';

const checks = new WeakMap<object, Check>();

export function createModels({
  clock,
  outbound,
  log,
  robotLogs,
  config,
  aiRules,
  providers,
  breakers,
  metering,
  embeddings,
  providerAbilities,
  suspensions,
}: Services &
  Pick<RobotsServices, 'robotLogs'> &
  Pick<AuthServices, 'suspensions'> & {
    config: AiRepliesConfig;
    aiRules: AiRules;
    providers: Providers;
    breakers: Breakers;
    metering: Metering;
    embeddings: Embeddings;
    providerAbilities: ProviderAbilities;
  }): Models {
  return {
    ask,
    embed: async (asker, ...rest) => ((await hasConsent(asker)) ? embeddings.embed(asker, ...rest) : null),
    rerank: async (asker, ...rest) => ((await hasConsent(asker)) ? embeddings.rerank(asker, ...rest) : null),
    isSetUp: async (tenantId) => (await providers.of(tenantId)).length > 0,
    isKnownSetUp(tenantId) {
      const known = providers.known(tenantId);
      return known ? known.length > 0 : null;
    },
    async ways(tenantId, { first, only = false }) {
      const all = inOrder(await providers.of(tenantId), first).filter(({ name }) => !only || name === first);
      return waysOf(withinHours(all, clock.now()));
    },
    async delete(tenantId, { provider, identity }, session, signal) {
      const found = (await providers.of(tenantId)).find(({ name }) => name === provider);
      // Without the provider there is no key to ask with any more; another one in its place is told nothing.
      if (!found || identityOf(found) !== identity) return;
      const fetch = outbound.fetch(found.limits, found.isOfConfig ? found.baseUrl : undefined);
      await FORGET[found.kind]?.(found, { ...session, signal, now: clock.now() }, fetch);
    },
    async isAssistant(tenantId, name) {
      const found = (await providers.of(tenantId)).find((one) => one.name === name);
      return found !== undefined && isAssistant(found);
    },
    async probe(asker, name, signal) {
      const found = (await providers.of(asker.tenantId)).find((one) => one.name === name);
      if (!found || !CAPABLE.has(found.kind) || takesTurns(found)) return null;
      try {
        const abilities = await probe(asker, signal, (as, request) => {
          const provider = { ...found, schemas: false, tools: true, found: as };
          return once(provider, request, kindRequest(provider, request, null));
        });
        await providerAbilities.remember(asker.tenantId, found, abilities);
        return abilities;
      } catch (error) {
        // What was known before is so still.
        if (!(error instanceof ProviderFailure || error instanceof Cancelled || isAppError(error))) throw error;
        log.warn({ provider: name, reason: messageOf(error) }, 'What a model can do was not found out');
        return found.found;
      }
    },
  };

  /** Documents and questions that are to be found by meaning leave nobody who has not agreed to it. */
  async function hasConsent({ tenantId }: Asker): Promise<boolean> {
    return (await aiRules.of(tenantId)).hasConsent && !(await suspensions.of(tenantId));
  }

  async function ask(wish: ModelRequest): Promise<ModelAnswer> {
    if (await suspensions.of(wish.asker.tenantId)) throw aiErrors.tenant_suspended();
    const all = await providers.of(wish.asker.tenantId);
    const { only = false, among = null } = wish;
    const wanted = inOrder(all, wish.provider ?? null).filter(
      ({ name }) => (!only || name === wish.provider) && (among === null || among.includes(name)),
    );
    const isToldAll = !wish.canDoWithoutTools || wanted.some((provider) => canDo(provider, wish));
    const request = isToldAll ? wish : { ...wish, tools: [] };
    const able = wanted.filter((provider) => canDo(provider, request));
    if (able.length === 0) throw aiErrors.no_provider();
    const candidates = withinHours(able, clock.now());
    const said: string[] = [];
    for (const provider of candidates) {
      request.signal?.throwIfAborted();
      if (!breakers.mayAsk(request.asker.tenantId, provider.name)) {
        said.push(`${provider.name}: left alone after it has failed`);
        continue;
      }
      const answer = await askOne(provider, request, said);
      if (answer) return answer;
    }
    const { tenantId, robotId } = request.asker;
    robotLogs.note({
      type: 'ai',
      level: 'error',
      tenantId,
      message: 'No model has given an answer',
      details: { robotId, said },
    });
    throw aiErrors.provider_failed({ message: `No model has given an answer (${said.join('; ')})` });
  }

  /** Null when it has failed, with the reason added to what was said. */
  async function askOne(provider: KnownProvider, request: ModelRequest, said: string[]): Promise<ModelAnswer | null> {
    const turn = takesTurns(provider) ? request.turn : undefined;
    const ref = turn && { provider: provider.name, identity: identityOf(provider) };
    let session = turn && ref ? await turn.session(ref) : null;
    for (let tries = 0; ; tries++) {
      let isNamed = false;
      let kept: Promise<void> | null = null;
      // The first name counts: an answer that gives others is in no other conversation.
      const began = (id: string): void => {
        if (isNamed) return;
        isNamed = true;
        session = id;
        if (turn?.isLasting) kept = storeSession(request, ref, id);
      };
      const ended = () => (isNamed && turn?.isLasting === false ? storeSession(request, ref, session) : kept);
      const wanted = kindRequest(provider, request, turn ? { ...turn, session, began } : null);
      try {
        return await once(provider, request, wanted).finally(ended);
      } catch (error) {
        request.signal?.throwIfAborted();
        if (error instanceof NoSuchSession && session !== null) {
          session = null;
          tries--;
          continue;
        }
        if (!(error instanceof ProviderFailure)) throw error;
        said.push(`${provider.name}: ${error.message}`);
        log.warn({ provider: provider.name, reason: error.message }, 'A provider of AI has failed');
        const waitMs = tries < config.retries ? waitAfter(error) : null;
        if (waitMs === null || !breakers.mayAsk(request.asker.tenantId, provider.name)) return null;
        await pause(waitMs, wanted.signal);
      }
    }
  }

  /** An answer is worth more than that the next one goes on from it. */
  async function storeSession(
    { turn, asker }: ModelRequest,
    ref: AssistantRef | undefined,
    id: string | null,
  ): Promise<void> {
    if (!turn || !ref || id === null) return;
    try {
      await turn.store(ref, id, userOf(asker));
    } catch (error) {
      log.warn({ provider: ref.provider, reason: messageOf(error) }, 'The conversation of an assistant is not kept');
    }
  }

  async function once(provider: KnownProvider, request: ModelRequest, wanted: KindRequest): Promise<ModelAnswer> {
    const { asker, signal } = request;
    const expected = estimate(wanted);
    const call = { asker, provider: provider.name, model: wanted.model, expected, price: provider.price, signal };
    const { result, tokens, micros, durationMs } = await metering.call(
      { ...call, usedBy: (error) => tokensOf(usedBy(error), expected) },
      () =>
        breakers.run(asker.tenantId, provider.name, wanted.signal, async () => {
          const made = await answered(provider, request, wanted);
          return { result: made, tokens: tokensOf(made.answer, expected) };
        }),
    );
    const { toolsCalled, action = null } = result.answer;
    const { text, isThere } = withoutMarker(result.answer.text, wanted.turn ? provider.handover : '');
    return {
      text,
      value: result.value,
      provider: provider.name,
      model: wanted.model,
      inputTokens: tokens.input,
      outputTokens: tokens.output,
      costMicros: micros,
      durationMs,
      toolsCalled,
      action: isThere ? 'handover' : action,
    };
  }

  async function answered(
    provider: KnownProvider,
    { schema, check, loose, signal }: ModelRequest,
    wanted: KindRequest,
  ): Promise<{ answer: KindAnswer; value: unknown }> {
    let used: KindUse | null = null;
    try {
      const trusted = provider.isOfConfig ? provider.baseUrl : undefined;
      const given = await KINDS[provider.kind](provider, wanted, outbound.fetch(provider.limits, trusted));
      used = given;
      const said = sanitizeText(given.text, given.text.length);
      const answer = { ...given, text: withoutThoughts(said) };
      if (!schema || wanted.turn) {
        if (wanted.turn && answer.text.length > LONGEST_OF_ASSISTANT)
          throw new ProviderFailure(`The answer is longer than ${LONGEST_OF_ASSISTANT} characters`);
        if (answer.text.trim() === '' && answer.action === undefined) throw new ProviderFailure('The answer is empty');
        return { answer, value: null };
      }
      const keeps = check ?? checkOf(schema);
      return { answer, value: await (loose ? looseValue(said, keeps, loose) : structuredValue(said, keeps)) };
    } catch (error) {
      if (signal?.aborted) throw new Cancelled(error instanceof ProviderFailure ? error.used : used, signal.reason);
      if (error instanceof ProviderFailure && (error.used || !used)) throw error;
      throw new ProviderFailure(messageOf(error), { used, cause: error });
    }
  }

  /** Null: it is not worth waiting for. */
  function waitAfter({ status, retryAfterMs }: ProviderFailure): number | null {
    const mayPass = status === 429 || (status !== null && status >= 500);
    if (!mayPass) return null;
    const waitMs = retryAfterMs ?? FIRST_RETRY_MS;
    return waitMs <= config.longestWaitSeconds * 1000 ? waitMs : null;
  }

  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
    await promise.finally(cancel);
    signal.removeEventListener('abort', end);
    signal.throwIfAborted();
  }

  function kindRequest(provider: KnownProvider, request: ModelRequest, turn: KindTurn | null): KindRequest {
    const { asker, temperature, maxOutputTokens, signal } = request;
    const { instructions, messages, schema, tools = [] } = turn ? onlyTurn(turn) : request;
    const model = modelFor(provider, request);
    const { forms } = abilitiesOf(provider, model);
    const form =
      schema && forms !== 'schema'
        ? `\n\nAnswer with JSON alone that keeps to this schema: ${JSON.stringify(schema)}`
        : '';
    return {
      model,
      forms,
      instructions: instructions + form,
      messages,
      tools,
      schema: schema && forms !== 'none' ? plain(schema) : null,
      now: clock.now(),
      temperature: temperature ?? null,
      maxOutputTokens: maxOutputTokens ?? null,
      user: userOf(asker),
      turn: turn && { ...turn, inputs: { ...turn.inputs, ...provider.inputs } },
      signal: signal ?? unaborted(),
    };
  }
}

/** Nothing of ours. */
function onlyTurn({ text }: KindTurn): Pick<ModelRequest, 'instructions' | 'messages' | 'schema' | 'tools'> {
  return { instructions: '', messages: [{ role: 'user', text }] };
}

/** Outside of everybody's hours somebody still has to answer. */
function withinHours(able: readonly KnownProvider[], now: number): readonly KnownProvider[] {
  const inHours = able.filter(({ hours }) => isWithinHours(hours, now));
  return inHours.length > 0 ? inHours : able;
}

/** As what a model may say to a customer. */
const LONGEST_OF_ASSISTANT = 20_000;
const FIRST_RETRY_MS = 500;
const LONGEST_MODEL = 200;

/** One of its own for each request: of one that lives on, what listens to it would gather. */
function unaborted(): AbortSignal {
  return new AbortController().signal;
}

function usedBy(error: unknown): KindUse | null {
  return error instanceof ProviderFailure || error instanceof Cancelled ? error.used : null;
}

/** By the provider's figures, as far as it gives any. */
function tokensOf(used: KindUse, expected: Tokens): Tokens;
function tokensOf(used: KindUse | null, expected: Tokens): Tokens | null;
function tokensOf(used: KindUse | null, expected: Tokens): Tokens | null {
  if (!used) return null;
  const { inputTokens, outputTokens, text } = used;
  const output = outputTokens ?? (text === '' ? expected.output : roughTokens(text));
  return { input: inputTokens ?? expected.input, output };
}

function checkOf(schema: TSchema): Check {
  const known = checks.get(schema);
  if (known) return known;
  const check = compileCheck(schema, 'answer');
  checks.set(schema, check);
  return check;
}

/** Says nothing about them, and is the same for the same person. */
function userOf({ contactId, robotId, tenantId }: Asker): string {
  return contactId ?? robotId ?? tenantId;
}

function inOrder(all: readonly KnownProvider[], first: string | null): KnownProvider[] {
  return [...all.filter(({ name }) => name === first), ...all.filter(({ name }) => name !== first)];
}

/** As it is kept with the call. Whose price is not known, nobody chooses at another's cost. */
function modelFor({ name, model, isOthers }: KnownProvider, request: ModelRequest): string {
  const mayChoose = (request.provider ?? name) === name && !isOthers;
  return sanitizeText(mayChoose && request.model ? request.model : model, LONGEST_MODEL);
}

function canDo(provider: KnownProvider, request: ModelRequest): boolean {
  if (request.turn && takesTurns(provider)) return true;
  const { kind, pictures } = provider;
  const { tools } = abilitiesOf(provider, modelFor(provider, request));
  const needsPictures = request.messages.some(({ pictures: own = [] }) => own.length > 0);
  const needsTools = (request.tools ?? []).length > 0;
  return (!needsPictures || (pictures && CAPABLE.has(kind))) && (!needsTools || (tools && CAPABLE.has(kind)));
}

type PlainSchema = Readonly<Record<string, unknown>>;
const plainSchemas = new WeakMap<TSchema, PlainSchema>();

/** Without what TypeBox notes beside it. */
function plain(schema: TSchema): PlainSchema {
  const known = plainSchemas.get(schema);
  if (known) return known;
  const made: PlainSchema = JSON.parse(JSON.stringify(schema));
  plainSchemas.set(schema, made);
  return made;
}
