/** How the settings of AI are tried: by the client that works with them, at the operator's cost. */
import { messageOf } from '#core/kit.ts';
import type { SettingsArea, SettingsCandidate, SettingsFinding } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import { createEmbeddings } from './embeddings.ts';
import type { ModelsScope } from './services.ts';

const QUERY = 'refund';
const TEXTS = ['opening hours', 'how to get a refund'];

export const aiSettings: SettingsArea = {
  area: 'ai',
  async test({ config }: SettingsCandidate<AiRepliesConfig>, services: ModelsScope) {
    const { embedding, rerank } = config;
    const tenantId = await services.operatorTenant.id();
    if (tenantId === null) return [{ ok: false, text: 'There is no organisation of the operator yet' }];
    const client = createEmbeddings({ ...services, config });
    const asker = { tenantId, purpose: 'try' as const };
    const findings: Promise<SettingsFinding>[] = [];
    if (embedding)
      findings.push(
        tried('Embedding', async () => {
          const found = await client.embed(asker, TEXTS);
          return `${embedding.model} gives vectors of ${found?.dimensions ?? 0} dimensions`;
        }),
      );
    if (rerank)
      findings.push(
        tried('Reranking', async () => {
          await client.rerank(asker, QUERY, TEXTS);
          return `${rerank.model} puts passages in order`;
        }),
      );
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
