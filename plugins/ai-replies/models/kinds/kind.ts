/** What each kind of provider has to do: answer once, whole, or throw. */
import { messageOf, type StreamLimits } from '#core/kit.ts';
import type { ConfiguredProvider } from '../../config.ts';
import type { Abilities } from '../ability-types.ts';
import type { ModelMessage, ModelTool } from '../types.ts';

/** A provider with all that is needed to ask it. */
export interface KnownProvider extends Omit<ConfiguredProvider, 'limits'> {
  name: string;
  limits: StreamLimits;
  /** What it turned out to be able to do when it was tried; null when it was not. */
  found: Abilities | null;
  /** When that was found out, ms since the epoch. */
  triedAt: number | null;
  /** Of the configuration file, or the tenant's own. */
  isOfConfig: boolean;
  /** The operator's, at whose cost another tenant asks it. */
  isOthers: boolean;
}

/** For an assistant: what the customer says now. The rest it knows itself, under the id of the conversation. */
export interface KindTurn {
  text: string;
  /** Variables. */
  inputs: Readonly<Record<string, string>>;
  /** Its own id of the conversation; null for one that begins. */
  session: string | null;
  /** To be called as soon as it says its id, also when no answer comes of it. */
  began(session: string): void;
}

export interface KindRequest {
  model: string;
  instructions: string;
  messages: readonly ModelMessage[];
  /** JSON schema of the answer, which is asked for as a schema or as any JSON; null where words alone ask for it. */
  schema: Readonly<Record<string, unknown>> | null;
  forms: Abilities['forms'];
  tools: readonly ModelTool[];
  temperature: number | null;
  maxOutputTokens: number | null;
  /** Ms since the epoch. */
  now: number;
  /** Who asks, for providers that want to know: the same for the same person. */
  user: string;
  /** Null for a model, and for an assistant that is given all that a model is. */
  turn: KindTurn | null;
  signal: AbortSignal;
}

export interface KindUse {
  text: string;
  /** Null when the provider does not say. */
  inputTokens: number | null;
  outputTokens: number | null;
}

export interface KindAnswer extends KindUse {
  toolsCalled: readonly string[];
  /** Of an assistant that says what is to be done beside its words. */
  action?: 'handover' | 'silent';
}

/** Of an assistant: forgets a conversation of this user. One that it does not know is forgotten. */
export type ForgetKind = (
  provider: KnownProvider,
  session: { id: string; user: string; signal: AbortSignal; now: number },
  fetch: typeof globalThis.fetch,
) => Promise<void>;

export type AskKind = (
  provider: KnownProvider,
  request: KindRequest,
  fetch: typeof globalThis.fetch,
) => Promise<KindAnswer>;

interface FailureOptions {
  status?: number | null;
  retryAfterMs?: number | null;
  used?: KindUse | null;
  isAboutRequest?: boolean;
  cause?: unknown;
}

/** Of the answers 4xx those that any request would get: a wrong key, no right, too slow, too many. */
const ABOUT_PROVIDER = new Set([401, 403, 408, 429]);

function isAboutRequest(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && !ABOUT_PROVIDER.has(status);
}

/** Why a provider has given no answer. */
export class ProviderFailure extends Error {
  override name = 'ProviderFailure';
  /** HTTP status; null when there was none. */
  readonly status: number | null;
  /** What it asks to wait, in ms; null when it does not. */
  readonly retryAfterMs: number | null;
  /** What it has used all the same, and bills: of an answer that was not whole, or of another form. */
  readonly used: KindUse | null;
  /** Another request might have been answered: this one was refused, or its answer may not be as long as it is. */
  readonly isAboutRequest: boolean;
  constructor(message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.status = options.status ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.used = options.used ?? null;
    this.isAboutRequest = options.isAboutRequest ?? isAboutRequest(this.status);
  }
}

/** The assistant knows no conversation of this id any more: another one is begun. */
export class NoSuchSession extends ProviderFailure {
  override name = 'NoSuchSession';
  constructor(message = 'It does not know the conversation any more') {
    // It is not down for that.
    super(message, { isAboutRequest: true });
  }
}

/** What a stream has failed of, with what it had written by then: that may be billed. */
export function failedAfter(text: string, error: unknown): ProviderFailure {
  const used = text === '' ? null : { text, inputTokens: null, outputTokens: null };
  const { status = null, retryAfterMs: wait = null } = error instanceof ProviderFailure ? error : {};
  return new ProviderFailure(messageOf(error), { status, retryAfterMs: wait, used, cause: error });
}

/** Throws for an answer that is no success, with the beginning of what it says. */
export async function refuseFailure(response: Response, now: number): Promise<void> {
  if (response.ok) return;
  const text = (await response.text()).slice(0, 300);
  throw new ProviderFailure(`HTTP ${response.status}${text === '' ? '' : `: ${text}`}`, {
    status: response.status,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now),
  });
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
export function retryAfterMs(value: string | null | undefined, now: number): number | null {
  if (!value) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
