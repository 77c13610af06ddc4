/** Each call of a model within budgets and kept, whatever kind of model it is. */
import { messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { AI_CALLS, AI_TOKENS } from '../meters.ts';
import type { Budgets } from './budgets.ts';
import type { Calls } from './calls.ts';
import type { PendingWrites } from './pending-writes.ts';
import { costOf, type Priced, type Tokens } from './prices.ts';
import type { Asker } from './types.ts';

export interface MeteredCall extends Priced {
  asker: Asker;
  provider: string;
  model: string;
  /** What it may use. */
  expected: Tokens;
  signal?: AbortSignal | undefined;
  /** What one that has failed so has used all the same; null for nothing. */
  usedBy?: (error: unknown) => Tokens | null;
}

export interface Metered<T> {
  result: T;
  /** What it has used, by the provider's figures. */
  tokens: Tokens;
}

export interface Metering {
  /**
   * Makes the call. Throws `budget_exceeded` and `limit_exceeded` before it, and what it throws. The writes about it do not hold up the answer;
   * until they are there, what it may cost stays set aside.
   */
  call<T>(
    call: MeteredCall,
    work: () => Promise<Metered<T>>,
  ): Promise<Metered<T> & { micros: number; durationMs: number }>;
}

const NOTHING: Tokens = { input: 0, output: 0 };

export function createMetering({
  clock,
  tracing,
  usage,
  budgets,
  calls,
  pendingWrites,
}: Services & { budgets: Budgets; calls: Calls; pendingWrites: PendingWrites }): Metering {
  return {
    async call({ asker, provider, model, expected, price, signal, usedBy }, work) {
      const reserved = costOf({ price }, expected);
      await refuseOverPlan(asker.tenantId);
      const release = await budgets.reserve(asker, reserved);
      usage.note({ tenantId: asker.tenantId, meter: AI_CALLS });
      const at = clock.now();
      const call = { uuid: crypto.randomUUID(), asker, provider, model, micros: reserved, at };
      const begun = calls.begin(call);
      begun.catch(() => {});
      try {
        const { result, tokens } = await tracedCall(tracing, { asker, provider, model }, work);
        return { result, tokens, ...settle('answered', tokens, '') };
      } catch (error) {
        // What was read so far may be billed, although nobody wants the answer any more.
        const used = usedBy?.(error) ?? null;
        if (signal?.aborted) settle('cancelled', used ?? { ...expected, output: 0 }, messageOf(signal.reason));
        else settle('failed', used ?? NOTHING, messageOf(error) || 'failed');
        throw error;
      }

      function settle(outcome: 'answered' | 'failed' | 'cancelled', tokens: Tokens, error: string) {
        const micros = costOf({ price }, tokens);
        const durationMs = clock.now() - at;
        const amount = tokens.input + tokens.output;
        if (amount > 0) usage.note({ tenantId: asker.tenantId, meter: AI_TOKENS, amount });
        const end = { outcome, error, inputTokens: tokens.input, outputTokens: tokens.output, micros, durationMs };
        pendingWrites.add(
          begun
            .then(() => calls.end(call, end))
            .then(() => budgets.notify(asker))
            .finally(release),
        );
        return { micros, durationMs };
      }
    },
  };

  /** By what is remembered: a second's calls may go beyond it. */
  async function refuseOverPlan(tenantId: string): Promise<void> {
    for (const meter of [AI_CALLS, AI_TOKENS]) {
      if ((await usage.room(tenantId, meter)) !== 'none') continue;
      // Says by how much, and throws; unless something was freed meanwhile, which is counted when it is used.
      await usage.consume(null, { tenantId, meter });
      await usage.giveBack(null, { tenantId, meter });
    }
  }
}

/** Which model was asked, for what, and how much it took: nothing of what was said. Words of OpenTelemetry's for generative AI. */
function tracedCall<T>(
  tracing: Services['tracing'],
  { asker, provider, model }: Pick<MeteredCall, 'asker' | 'provider' | 'model'>,
  work: () => Promise<Metered<T>>,
): Promise<Metered<T>> {
  if (!tracing.isOn) return work();
  const attributes = {
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'patchbay.purpose': asker.purpose,
  };
  return tracing.span(`model ${model}`, { kind: 'client', attributes }, async (span) => {
    const metered = await work();
    span.set({
      'gen_ai.usage.input_tokens': metered.tokens.input,
      'gen_ai.usage.output_tokens': metered.tokens.output,
    });
    return metered;
  });
}
