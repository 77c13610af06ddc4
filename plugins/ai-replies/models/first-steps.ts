/** First steps: a model that answers. */
import type { FirstStep } from '#core/plugin.ts';
import { AI_ADMINISTER } from '../access.ts';
import type { ModelsScope } from './services.ts';

export const MODEL_STEP: FirstStep = {
  id: 'ai-replies.model',
  title: { en: 'Connect a model', zh: '连接模型' },
  text: {
    en: 'Of your own, such as Ollama, or of a provider, for drafts and summaries.',
    zh: '使用自己的模型（如 Ollama）或服务商的模型，用于草稿和摘要。',
  },
  path: '/settings/ai/models',
  order: 60,
  access: AI_ADMINISTER,
  async state({ tenantId }, { providers }: ModelsScope) {
    return (await providers.of(tenantId ?? '')).length > 0 ? 'done' : 'open';
  },
};
