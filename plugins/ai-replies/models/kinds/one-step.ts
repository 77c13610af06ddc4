/**
 * One answer without functions and pictures, by the SDK's model itself. What the SDK puts around it, for steps and for what is
 * shown meanwhile, takes a third of the main thread's part of a call, and most answers need none of it.
 */
import type { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { KindRequest } from './kind.ts';
import { countOf } from './one-text.ts';

/** As each provider of the SDK makes them. */
export type SdkModel = ReturnType<ReturnType<typeof createOpenAICompatible>>;
type Options = Parameters<SdkModel['doStream']>[0];
type Prompt = Options['prompt'];

export type StepPart =
  | { type: 'text' | 'thought'; text: string }
  | { type: 'end'; reason: string; inputTokens: number | null; outputTokens: number | null };

/** Whether that is all that is needed. */
export function isOneStep({ tools, messages }: KindRequest): boolean {
  return tools.length === 0 && messages.every(({ pictures = [] }) => pictures.length === 0);
}

export async function* oneStep(
  model: SdkModel,
  request: KindRequest,
  providerOptions: Options['providerOptions'],
): AsyncGenerator<StepPart> {
  const { schema, temperature, maxOutputTokens, signal } = request;
  const { stream } = await model.doStream({
    prompt: promptOf(request),
    ...(temperature !== null && { temperature }),
    ...(maxOutputTokens !== null && { maxOutputTokens }),
    ...(schema && { responseFormat: { type: 'json', schema: { ...schema } } }),
    ...(providerOptions && { providerOptions }),
    abortSignal: signal,
  });
  for await (const part of stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') yield { type: 'text', text: part.delta };
    if (part.type === 'reasoning-delta') yield { type: 'thought', text: part.delta };
    if (part.type === 'finish')
      yield {
        type: 'end',
        reason: part.finishReason.unified,
        inputTokens: countOf(part.usage.inputTokens.total),
        outputTokens: countOf(part.usage.outputTokens.total),
      };
  }
}

function promptOf({ instructions, messages }: KindRequest): Prompt {
  return [
    ...(instructions === '' ? [] : [{ role: 'system' as const, content: instructions }]),
    ...messages.map(({ role, text }) => ({ role, content: [{ type: 'text' as const, text }] })),
  ];
}
