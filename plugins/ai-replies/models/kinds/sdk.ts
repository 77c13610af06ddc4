/**
 * OpenAI-compatible endpoints and Anthropic, by the AI SDK. It reads the whole stream: what ends without a `finish`, or with an
 * error or an abort in it, is no answer, however much text came before.
 */
import { messageOf } from '#core/kit.ts';
import { roughTokens } from '../prices.ts';
import {
  type AskKind,
  type KindRequest,
  type KindUse,
  type KnownProvider,
  ProviderFailure,
  retryAfterMs,
} from './kind.ts';
import { isOneStep, oneStep, type SdkModel, severalSteps } from './steps.ts';

/** Of one provider, that are kept. */
const MOST_MODELS = 50;
/** Reasons to end that make a whole answer. */
const WHOLE = new Set(['stop', 'tool-calls', 'other']);
/** Anybody can ask for what a provider does not answer: it is not down for that. */
const ABOUT_REQUEST = new Set(['length', 'content-filter']);

export const askBySdk: AskKind = async (provider, request, fetch) => {
  const toolsCalled: string[] = [];
  const { maxOutputTokens, turn } = request;
  // An app behind this API has no ids of conversations to give: FastGPT takes ours as `chatId`, others pass over it.
  const session = turn ? (turn.session ?? crypto.randomUUID()) : null;
  if (session !== null) turn?.began(session);
  const options = turn && { user: request.user, chatId: session ?? '', variables: { ...turn.inputs } };
  let text = '';
  /** All that this step has written, with its thoughts and what it asks tools. */
  let written = '';
  const ended: KindUse[] = [];
  let ending: { reason: string; inputTokens: number | null; outputTokens: number | null } | null = null;
  try {
    const model = await modelOf(provider, request, fetch);
    const parts = isOneStep(request)
      ? oneStep(model, request, options ? { [provider.name]: options } : {})
      : severalSteps(model, request, toolsCalled);
    for await (const part of parts) {
      // Of several steps the last one's text is the answer.
      if (part.type === 'step') text = '';
      if (part.type === 'text') text += part.text;
      if ('text' in part) written += part.text;
      if (part.type === 'step-end') {
        const { inputTokens, outputTokens } = part;
        ended.push({ text: written, inputTokens, outputTokens });
        written = '';
      }
      if (part.type === 'end') ending = part;
    }
  } catch (error) {
    // Loaded when it is needed: finding what is loaded already takes a tenth of a millisecond of each call.
    const { APICallError } = await import('ai');
    if (APICallError.isInstance(error)) {
      const said = error.responseBody ? `: ${error.responseBody.slice(0, 300)}` : '';
      throw new ProviderFailure(`${error.message}${said}`, {
        status: error.statusCode ?? null,
        retryAfterMs: retryAfterMs(error.responseHeaders?.['retry-after'], request.now),
        used: usedSoFar(ended, written),
        cause: error,
      });
    }
    throw new ProviderFailure(messageOf(error), { used: usedSoFar(ended, written), cause: error });
  }
  if (!ending) throw new ProviderFailure('The answer was cut off', { used: usedSoFar(ended, written) });
  if (!WHOLE.has(ending.reason))
    throw new ProviderFailure(sentenceOf(ending.reason, maxOutputTokens), {
      used: { text, inputTokens: ending.inputTokens, outputTokens: ending.outputTokens },
      isAboutRequest: ABOUT_REQUEST.has(ending.reason),
    });
  return { text, inputTokens: ending.inputTokens, outputTokens: ending.outputTokens, toolsCalled };
};

/** Why an answer is not whole, for whoever looks for the cause. */
function sentenceOf(reason: string, mostTokens: number | null): string {
  if (reason !== 'length') return `The answer is not whole: it ended with "${reason}"`;
  const length =
    mostTokens === null ? 'longer than the model may write' : `longer than the ${mostTokens} tokens it may have`;
  return `The answer was cut off: it is ${length}, thoughts included`;
}

/** Of the steps that have ended, and of the one under way as far as it has written anything; null before the first word. */
function usedSoFar(ended: readonly KindUse[], written: string): KindUse | null {
  // It has read what the step before it has read, at least.
  const inputTokens = ended.at(-1)?.inputTokens ?? null;
  const steps = written === '' ? ended : [...ended, { text: written, inputTokens, outputTokens: roughTokens(written) }];
  if (steps.length === 0) return null;
  return {
    text: steps.map(({ text }) => text).join(''),
    inputTokens: sumOf(steps.map((step) => step.inputTokens)),
    outputTokens: sumOf(steps.map((step) => step.outputTokens)),
  };
}

/** Null when one of them is not known. */
function sumOf(counts: readonly (number | null)[]): number | null {
  return counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}

/** The SDK's models, kept for each provider: one compiles schemas when it is made. */
const kept = new WeakMap<KnownProvider, Map<string, SdkModel>>();

async function modelOf(
  provider: KnownProvider,
  { model, forms }: KindRequest,
  fetch: typeof globalThis.fetch,
): Promise<SdkModel> {
  const known = kept.get(provider) ?? new Map<string, SdkModel>();
  const key = `${forms} ${model}`;
  const found = known.get(key);
  if (found) return found;
  const made = await newModel(provider, model, forms === 'schema', fetch);
  if (known.size >= MOST_MODELS) known.clear();
  kept.set(provider, known.set(key, made));
  return made;
}

async function newModel(
  { kind, name, baseUrl, apiKey, headers }: KnownProvider,
  model: string,
  keepsToSchemas: boolean,
  fetch: typeof globalThis.fetch,
): Promise<SdkModel> {
  const common = { baseURL: baseUrl, headers, fetch };
  if (kind === 'anthropic') {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({ ...common, apiKey })(model);
  }
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  return createOpenAICompatible({
    ...common,
    name,
    ...(apiKey !== '' && { apiKey }),
    includeUsage: true,
    supportsStructuredOutputs: keepsToSchemas,
  })(model);
}
