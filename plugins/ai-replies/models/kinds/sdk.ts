/**
 * OpenAI-compatible endpoints and Anthropic, by the AI SDK. It reads the whole stream: what ends without a `finish`, or with an
 * error or an abort in it, is no answer, however much text came before.
 */
import type { LanguageModel, ToolSet, UserContent } from 'ai';
import { messageOf } from '#core/kit.ts';
import { roughTokens } from '../prices.ts';
import type { ModelMessage, ModelTool } from '../types.ts';
import {
  type AskKind,
  type KindRequest,
  type KindUse,
  type KnownProvider,
  ProviderFailure,
  retryAfterMs,
} from './kind.ts';
import { countOf } from './one-text.ts';

/** Rounds of tools in one answer. */
const MOST_STEPS = 6;
/** Of one provider, that are kept. */
const MOST_MODELS = 50;
/** Reasons to end that make a whole answer. */
const WHOLE = new Set(['stop', 'tool-calls', 'other']);
/** Anybody can ask for what a provider does not answer: it is not down for that. */
const ABOUT_REQUEST = new Set(['length', 'content-filter']);

export const askBySdk: AskKind = async (provider, request, fetch) => {
  // Loaded with the first question: many servers never ask one.
  const { APICallError, isStepCount, jsonSchema, streamText } = await import('ai');
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const toolsCalled: string[] = [];
  const { schema, temperature, maxOutputTokens, turn } = request;
  // An app behind this API has no ids of conversations to give: FastGPT takes ours as `chatId`, others pass over it.
  const session = turn ? (turn.session ?? crypto.randomUUID()) : null;
  if (session !== null) turn?.began(session);
  let text = '';
  /** All that this step has written, with its thoughts and what it asks tools. */
  let written = '';
  const ended: KindUse[] = [];
  let ending: { reason: string; inputTokens: number | null; outputTokens: number | null } | null = null;
  try {
    const { stream } = streamText({
      model: await modelOf(provider, request, fetch),
      ...(request.instructions !== '' && { instructions: request.instructions }),
      messages: request.messages.map((message) =>
        message.role === 'assistant'
          ? { role: 'assistant', content: message.text }
          : { role: 'user', content: contentOf(message) },
      ),
      ...(temperature !== null && { temperature }),
      ...(maxOutputTokens !== null && { maxOutputTokens }),
      ...(schema && { output: formOf(schema) }),
      ...(turn && {
        providerOptions: { [provider.name]: { user: request.user, chatId: session ?? '', variables: turn.inputs } },
      }),
      tools: toolsOf(request.tools, toolsCalled, jsonSchema),
      stopWhen: isStepCount(MOST_STEPS),
      maxRetries: 0,
      abortSignal: request.signal,
      onError: () => {},
    });
    for await (const part of stream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'abort') throw request.signal.reason ?? new ProviderFailure('The answer was broken off');
      // Of several steps the last one's text is the answer.
      if (part.type === 'start-step') text = '';
      if (part.type === 'text-delta') text += part.text;
      if (part.type === 'text-delta' || part.type === 'reasoning-delta') written += part.text;
      if (part.type === 'tool-input-delta') written += part.delta;
      if (part.type === 'finish-step') {
        const { inputTokens, outputTokens } = part.usage;
        ended.push({ text: written, inputTokens: countOf(inputTokens), outputTokens: countOf(outputTokens) });
        written = '';
      }
      if (part.type === 'finish')
        ending = {
          reason: part.finishReason,
          inputTokens: countOf(part.totalUsage.inputTokens),
          outputTokens: countOf(part.totalUsage.outputTokens),
        };
    }
  } catch (error) {
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
      used: { text, ...ending },
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
const kept = new WeakMap<KnownProvider, Map<string, LanguageModel>>();

async function modelOf(
  provider: KnownProvider,
  { model, forms }: KindRequest,
  fetch: typeof globalThis.fetch,
): Promise<LanguageModel> {
  const known = kept.get(provider) ?? new Map<string, LanguageModel>();
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
): Promise<LanguageModel> {
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

/**
 * Says in what form the answer is wanted, and no more: the SDK's own output reads all that has come so far again with each
 * piece of it, which for an answer of 60 000 characters takes two seconds of the main thread.
 */
function formOf(schema: KindRequest['schema'] & object) {
  return {
    name: 'form',
    responseFormat: Promise.resolve({ type: 'json' as const, schema: { ...schema } }),
    parsePartialOutput: async () => undefined,
    parseCompleteOutput: async ({ text }: { text: string }) => text,
    createElementStreamTransform: () => undefined,
  };
}

function contentOf({ text, pictures = [] }: ModelMessage): UserContent {
  if (pictures.length === 0) return text;
  return [
    { type: 'text', text },
    ...pictures.map(({ mediaType, bytes }) => ({ type: 'file' as const, data: new Uint8Array(bytes), mediaType })),
  ];
}

function toolsOf(
  tools: readonly ModelTool[],
  called: string[],
  jsonSchema: typeof import('ai').jsonSchema,
): ToolSet | undefined {
  if (tools.length === 0) return undefined;
  return Object.fromEntries(
    tools.map((tool) => [
      tool.name,
      {
        description: tool.description,
        inputSchema: jsonSchema({ ...tool.input }),
        async execute(input: unknown, { abortSignal }: { abortSignal?: AbortSignal }) {
          called.push(tool.name);
          return tool.run(input, abortSignal ?? new AbortController().signal);
        },
      },
    ]),
  );
}
