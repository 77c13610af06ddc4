/** Texts as vectors, and in the order in which they answer a question: two endpoints that the operator may have set up. */
import { isAppError, messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { AiRepliesConfig } from '../config.ts';
import { aiErrors } from '../errors.ts';
import { discreetly, withoutAddress } from './kinds/discreet.ts';
import { refuseFailure } from './kinds/kind.ts';
import { countOf, objectOf } from './kinds/one-text.ts';
import type { Metering } from './metering.ts';
import { roughTokens } from './prices.ts';
import type { Asker, Embedded, Models } from './types.ts';

export type Embeddings = Pick<Models, 'embed' | 'rerank'>;

const LIMITS = { firstByteMs: 30_000, idleMs: 15_000, totalMs: 60_000, maxBytes: 64 * 1024 * 1024 };
const RERANK_LIMITS = { firstByteMs: 5_000, idleMs: 5_000, totalMs: 10_000, maxBytes: 2 * 1024 * 1024 };

/** Four times as many as the largest models give. */
const MOST_DIMENSIONS = 16_384;

interface Endpoint {
  /** As it is called in the list of calls. */
  name: 'embedding' | 'rerank';
  url: string;
  apiKey: string;
  model: string;
  price: number;
}

export function createEmbeddings({
  clock,
  outbound,
  operatorTenant,
  metering,
  config,
}: Services &
  Pick<AuthServices, 'operatorTenant'> & {
    metering: Metering;
    config: AiRepliesConfig;
  }): Embeddings {
  const { embedding, rerank } = config;

  return {
    async embed(asker, texts, signal) {
      if (!embedding || !(await mayUse(asker, embedding.shared))) return null;
      const url = `${embedding.baseUrl.replace(/\/+$/, '')}/embeddings`;
      const endpoint: Endpoint = { ...embedding, name: 'embedding', url };
      const vectors: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += embedding.batch) {
        const input = texts.slice(from, from + embedding.batch);
        const body = { model: embedding.model, input, encoding_format: 'float' };
        const answer = await post(asker, endpoint, body, input, LIMITS, signal);
        vectors.push(...vectorsOf(answer, input.length));
      }
      const dimensions = vectors[0]?.length ?? 0;
      if (vectors.some(({ length }) => length !== dimensions))
        throw aiErrors.provider_failed({ message: 'The endpoint for embeddings gives vectors of different lengths' });
      return { model: embedding.model, dimensions, vectors } satisfies Embedded;
    },
    async rerank(asker, query, texts, signal) {
      if (!rerank || texts.length === 0 || !(await mayUse(asker, rerank.shared))) return null;
      const endpoint: Endpoint = { ...rerank, name: 'rerank', price: 0 };
      const body = { model: rerank.model, query, documents: texts, top_n: texts.length };
      const answer = await post(asker, endpoint, body, [query, ...texts], RERANK_LIMITS, signal);
      return ranksOf(answer, texts.length);
    },
  };

  async function mayUse({ tenantId }: Asker, shared: boolean): Promise<boolean> {
    return shared || (await operatorTenant.id()) === tenantId;
  }

  async function post(
    asker: Asker,
    { name, url, apiKey, model, price }: Endpoint,
    body: object,
    texts: readonly string[],
    limits: typeof LIMITS,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    const expected = { input: texts.reduce((sum, text) => sum + roughTokens(text), 0), output: 0 };
    const own = { ...asker, purpose: purposeOf(name, asker) };
    const call = { asker: own, provider: name, model, expected, price: { input: price, output: 0 }, signal };
    try {
      const ask = async () => {
        const response = await outbound.fetch(limits, url)(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(apiKey !== '' && { authorization: `Bearer ${apiKey}` }) },
          body: JSON.stringify(body),
          signal: signal ?? null,
        });
        await refuseFailure(response, clock.now());
        const answer = objectOf(await response.text());
        const { prompt_tokens, total_tokens } = Object(answer.usage);
        const input = countOf(prompt_tokens) ?? countOf(total_tokens) ?? expected.input;
        return { result: answer, tokens: { input, output: 0 } };
      };
      const discreet = () => discreetly([apiKey], ask);
      const isOwn = (await operatorTenant.id()) === asker.tenantId;
      const { result } = await metering.call(call, isOwn ? discreet : () => withoutAddress(url, discreet));
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      if (isAppError(error)) throw error;
      throw aiErrors.provider_failed({ message: `The endpoint for ${name} has failed: ${messageOf(error)}` });
    }
  }
}

/** Of a test or a try it stays what it is. */
function purposeOf(name: Endpoint['name'], { purpose }: Asker): Asker['purpose'] {
  return purpose === 'try' || purpose === 'test' ? purpose : name === 'embedding' ? 'embed' : 'rerank';
}

/** One for each text, of length 1. */
function vectorsOf({ data }: Readonly<Record<string, unknown>>, count: number): Float32Array[] {
  const rows: unknown[] = Array.isArray(data) ? data : [];
  const vectors = new Map<number, Float32Array>();
  for (const [place, row] of rows.entries()) {
    const { index, embedding } = Object(row);
    if (isVector(embedding)) vectors.set(countOf(index) ?? place, normalised(embedding));
  }
  return Array.from({ length: count }, (_, place) => {
    const vector = vectors.get(place);
    if (!vector) throw aiErrors.provider_failed({ message: 'The endpoint for embeddings leaves out a text' });
    return vector;
  });
}

function isVector(value: unknown): value is number[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(Number.isFinite)) return false;
  if (value.length <= MOST_DIMENSIONS) return true;
  throw aiErrors.provider_failed({
    message: `The endpoint for embeddings gives vectors of ${value.length} dimensions, and ${MOST_DIMENSIONS} are possible`,
  });
}

/** By its largest part first, of which no square is too large for a number. */
function normalised(vector: readonly number[]): Float32Array {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const length = Math.sqrt(vector.reduce((sum, value) => sum + (value / largest) ** 2, 0));
  return Float32Array.from(vector, (value) => (largest === 0 ? 0 : value / largest / length));
}

function ranksOf({ results, data }: Readonly<Record<string, unknown>>, count: number): number[] {
  const rows: unknown[] = [results, data].find(Array.isArray) ?? [];
  const scores = new Array<number>(count).fill(Number.NEGATIVE_INFINITY);
  for (const row of rows) {
    const { index, relevance_score, score } = Object(row);
    const place = countOf(index);
    const value = relevance_score ?? score;
    if (place !== null && place < count && typeof value === 'number') scores[place] = value;
  }
  if (scores.every((score) => score === Number.NEGATIVE_INFINITY))
    throw aiErrors.provider_failed({ message: 'The endpoint for ranking gives no scores' });
  return scores;
}
