/** How the settings of AI are tried: the embedding model gives a vector, the reranking model an order. */
import { messageOf } from '#core/kit.ts';
import type { Services, SettingsArea, SettingsCandidate, SettingsFinding } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';

type Candidate = SettingsCandidate<AiRepliesConfig>;

export const aiSettings: SettingsArea = {
  area: 'ai',
  async test({ config: { embedding, rerank } }: Candidate, services) {
    const findings: Promise<SettingsFinding>[] = [];
    if (embedding) findings.push(tried('Embedding', () => embeds(embedding, services)));
    if (rerank) findings.push(tried('Reranking', () => reranks(rerank, services)));
    if (findings.length === 0)
      return [{ ok: false, text: 'No embedding or reranking model is set: there is nothing to try' }];
    return Promise.all(findings);
  },
};

async function tried(what: string, ask: () => Promise<string>): Promise<SettingsFinding> {
  try {
    return { ok: true, text: `${what}: ${await ask()}` };
  } catch (error) {
    return { ok: false, text: `${what}: ${messageOf(error)}` };
  }
}

async function embeds({ baseUrl, apiKey, model }: NonNullable<AiRepliesConfig['embedding']>, services: Services) {
  const answer = await asked(
    `${baseUrl.replace(/\/$/, '')}/embeddings`,
    baseUrl,
    apiKey,
    { model, input: ['test'] },
    services,
  );
  const vector = (answer as { data?: { embedding?: unknown }[] }).data?.[0]?.embedding;
  if (!Array.isArray(vector)) throw new Error('the answer holds no vector');
  return `${model} gives vectors of ${vector.length} dimensions`;
}

async function reranks({ url, apiKey, model }: NonNullable<AiRepliesConfig['rerank']>, services: Services) {
  const body = { model, query: 'refund', documents: ['opening hours', 'how to get a refund'], top_n: 2 };
  const { results } = (await asked(url, url, apiKey, body, services)) as { results?: unknown };
  if (!Array.isArray(results)) throw new Error('the answer holds no order');
  return `${model} puts passages in order`;
}

async function asked(
  url: string,
  trusted: string,
  apiKey: string,
  body: object,
  { outbound }: Services,
): Promise<unknown> {
  const answer = await outbound.request(url, {
    trusted,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify(body),
    redirects: 0,
    timeoutMs: 20_000,
  });
  if (answer.status !== 200) throw new Error(`${url} answered with status ${answer.status}`);
  return answer.json();
}
