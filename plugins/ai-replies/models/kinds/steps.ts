/** Answers of the SDK's models piece by piece: of one step, or of several with functions between them. */
import type { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { ToolSet, UserContent } from 'ai';
import type { ModelMessage, ModelTool } from '../types.ts';
import { type KindRequest, ProviderFailure } from './kind.ts';
import { countOf } from './one-text.ts';

/** As each provider of the SDK makes them. */
export type SdkModel = ReturnType<ReturnType<typeof createOpenAICompatible>>;
type Options = Parameters<SdkModel['doStream']>[0];

export interface Counts {
  inputTokens: number | null;
  outputTokens: number | null;
}

export type StepPart =
  | { type: 'step' }
  /** `called`: what it asks functions. */
  | { type: 'text' | 'thought' | 'called'; text: string }
  | ({ type: 'step-end' } & Counts)
  | ({ type: 'end'; reason: string } & Counts);

/** Rounds of tools in one answer. */
const MOST_STEPS = 6;

/** Whether there is nothing but words to it. */
export function isOneStep({ tools, messages }: KindRequest): boolean {
  return tools.length === 0 && messages.every(({ pictures = [] }) => pictures.length === 0);
}

/**
 * By the model itself: what the SDK puts around it, for steps and for who looks on meanwhile, takes a third of the main thread's
 * part of a call, and most answers need none of it.
 */
export async function* oneStep(
  model: SdkModel,
  { instructions, messages, schema, temperature, maxOutputTokens, signal }: KindRequest,
  providerOptions: NonNullable<Options['providerOptions']>,
): AsyncGenerator<StepPart> {
  const { stream } = await model.doStream({
    prompt: [
      ...(instructions === '' ? [] : [{ role: 'system' as const, content: instructions }]),
      ...messages.map(({ role, text }) => ({ role, content: [{ type: 'text' as const, text }] })),
    ],
    ...(temperature !== null && { temperature }),
    ...(maxOutputTokens !== null && { maxOutputTokens }),
    ...(schema && { responseFormat: { type: 'json', schema: { ...schema } } }),
    providerOptions,
    abortSignal: signal,
  });
  for await (const part of stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') yield { type: 'text', text: part.delta };
    if (part.type === 'reasoning-delta') yield { type: 'thought', text: part.delta };
    if (part.type === 'finish') {
      const { inputTokens, outputTokens } = part.usage;
      const counts = { inputTokens: countOf(inputTokens.total), outputTokens: countOf(outputTokens.total) };
      yield { type: 'end', reason: part.finishReason.unified, ...counts };
    }
  }
}

/** By the SDK, which carries out what is called. Names of functions are noted in `called`. */
export async function* severalSteps(model: SdkModel, request: KindRequest, called: string[]): AsyncGenerator<StepPart> {
  const { isStepCount, jsonSchema, streamText } = await import('ai');
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const { instructions, messages, schema, temperature, maxOutputTokens, signal } = request;
  const { stream } = streamText({
    model,
    ...(instructions !== '' && { instructions }),
    messages: messages.map((message) =>
      message.role === 'assistant'
        ? { role: 'assistant', content: message.text }
        : { role: 'user', content: contentOf(message) },
    ),
    ...(temperature !== null && { temperature }),
    ...(maxOutputTokens !== null && { maxOutputTokens }),
    ...(schema && { output: formOf(schema) }),
    tools: toolsOf(request.tools, called, jsonSchema),
    stopWhen: isStepCount(MOST_STEPS),
    maxRetries: 0,
    abortSignal: signal,
    onError: () => {},
  });
  for await (const part of stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'abort') throw signal.reason ?? new ProviderFailure('The answer was broken off');
    if (part.type === 'start-step') yield { type: 'step' };
    if (part.type === 'text-delta') yield { type: 'text', text: part.text };
    if (part.type === 'reasoning-delta') yield { type: 'thought', text: part.text };
    if (part.type === 'tool-input-delta') yield { type: 'called', text: part.delta };
    if (part.type === 'finish-step') yield { type: 'step-end', ...countsOf(part.usage) };
    if (part.type === 'finish') yield { type: 'end', reason: part.finishReason, ...countsOf(part.totalUsage) };
  }
}

function countsOf({ inputTokens, outputTokens }: { inputTokens?: unknown; outputTokens?: unknown }): Counts {
  return { inputTokens: countOf(inputTokens), outputTokens: countOf(outputTokens) };
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
